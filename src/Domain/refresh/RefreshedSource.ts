import * as Schema from "effect/Schema"
import { JobId } from "../job/Job.ts"
import { time } from "../job/time.ts"
import { JobState } from "../job/JobState.ts"
import { SourceId } from "../job/SourceId.ts"
import { ShownOptions } from "../load/options/ShownOptions.ts"

export const SourceState = Schema.Literals(["active", "paused", "stopped"])
export type SourceState = typeof SourceState.Type

/** After this many failed runs in a row, a source stops. */
export const maxFailures = 10

/** The latest runs of a source that are shown. */
export const shownRuns = 30

/** A run of a source, which is a job. */
export const SourceRun = Schema.Struct({
  jobId: JobId.annotate({ description: "The job. /job_status returns all of it." }),
  state: JobState.annotate({ description: "The job's state." }),
  unchanged: Schema.Boolean.annotate({
    description: "Whether the file was the same as at the last load, so that the table stayed as it was.",
  }),
  createdAt: time("When the run was created."),
  finishedAt: Schema.NullOr(time("When it ended.")),
  rowsLoaded: Schema.Natural.annotate({ description: "Rows that it loaded." }),
  error: Schema.NullOr(Schema.String).annotate({ description: "The error's message if an attempt failed." }),
}).annotate({ identifier: "SourceRun" })
export type SourceRun = typeof SourceRun.Type

/** A source as its owner sees it. */
export const RefreshedSource = Schema.Struct({
  sourceId: SourceId.annotate({ description: "Id of the source." }),
  fileUrl: Schema.String.annotate({ description: "The URL as given, with secrets shown as ***." }),
  target: Schema.String.annotate({
    description: "The database of the table: default, or one that the operator has declared.",
  }),
  schema: Schema.String.annotate({ description: "Schema of the table." }),
  table: Schema.String.annotate({ description: "Name of the table that the runs load into." }),
  options: ShownOptions.annotate({
    description: "The options of each load, with the values of headers shown as ***.",
  }),
  every: Schema.NullOr(Schema.String).annotate({ description: "The interval between runs, as given." }),
  cron: Schema.NullOr(Schema.String).annotate({ description: "The times of the runs, as given." }),
  timezone: Schema.String.annotate({ description: "The time zone of `cron`." }),
  state: SourceState.annotate({
    description: `active: it runs at its times. paused: it runs only when it is refreshed. stopped: ${maxFailures} runs in a row have failed, or a run could not be created; refresh or resume starts it again.`,
  }),
  stopReason: Schema.NullOr(Schema.String).annotate({ description: "Why it stopped; otherwise null." }),
  createdAt: time("When the source was created."),
  nextRunAt: Schema.NullOr(time("When the next run is due; null if none is planned.")),
  unchangedRuns: Schema.Natural.annotate({
    description:
      "How many runs in a row found the file unchanged. With `every`, the pauses grow after 10 of them up to 8 intervals, until the file changes.",
  }),
  failures: Schema.Natural.annotate({ description: "How many runs in a row have failed." }),
  skippedRuns: Schema.Natural.annotate({
    description:
      "How many runs were left out, because the run before had not ended, or a limit of the caller was reached.",
  }),
})
export type RefreshedSource = typeof RefreshedSource.Type

/** A source with its latest runs. */
export const SourceWithRuns = Schema.Struct({
  ...RefreshedSource.fields,
  runs: Schema.Array(SourceRun).annotate({
    description: `The latest runs, newest first: at most ${shownRuns}.`,
  }),
})
export type SourceWithRuns = typeof SourceWithRuns.Type

/** A source in a list. */
export const ListedSource = Schema.Struct({
  ...RefreshedSource.fields,
  runs: Schema.optionalKey(Schema.Array(SourceRun)).annotate({
    description: "The latest runs, newest first, if the request asks for them.",
  }),
})
export type ListedSource = typeof ListedSource.Type
