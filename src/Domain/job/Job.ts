import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { TypedColumn } from "../load/columns/Column.ts"
import { AlmostTyped } from "../load/AlmostTyped.ts"
import { FileFindings, Findings } from "../load/Findings.ts"
import { LoadMode } from "../load/options/ModeOptions.ts"
import { ShownOptions } from "../load/options/ShownOptions.ts"
import { RowChanges, SchemaChanges } from "../load/SchemaChanges.ts"
import { type LoadError, LoadErrorCode } from "../load/LoadError.ts"
import { JobAttempt, maxAttemptsKept } from "./attempts/JobAttempt.ts"
import { Throughput } from "./attempts/Throughput.ts"
import { JobState } from "./JobState.ts"
import { Progress } from "./Progress.ts"
import { SourceId } from "./SourceId.ts"
import { SourcePlace } from "../load/SourcePlace.ts"
import { time } from "./time.ts"
import { Waiting } from "./Waiting.ts"
import { Callback } from "./webhook/Callback.ts"

/** Identifies a job in Sluice and, by the same UUID, in the queue. */
export const JobId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type

export const JobError = Schema.Struct({
  code: LoadErrorCode.annotate({ description: "Stable code for programs." }),
  message: Schema.String.annotate({ description: "What went wrong and what to do, for people." }),
  ...SourcePlace.fields,
}).annotate({
  identifier: "JobError",
  description: "Why the latest attempt failed, and where in the file. Unknown parts are null.",
})
export type JobError = typeof JobError.Type

/** The part of an error that is stored and shown to the job's owner. */
export const toJobError = ({ code, message, place }: LoadError): JobError => ({ code, message, ...place })

/** A job as its owner sees it. The HTTP contract adds an example to this schema. */
export const Job = Schema.Struct({
  jobId: JobId.annotate({ description: "Id of the job." }),
  state: JobState.annotate({
    description:
      "created: waits for its first attempt. active: a worker is loading it. retry: an attempt failed or was returned to the queue; another follows. completed, cancelled and failed are final.",
  }),
  fileUrl: Schema.String.annotate({
    description: "The URL as given, with secrets shown as ***; of several files, the first.",
  }),
  fileUrls: Schema.Array(Schema.String).annotate({
    description:
      "The URLs of all files in the order in which they are loaded. Those that differ in secrets only are numbered: ***#2.",
  }),
  requestedUrl: Schema.NullOr(Schema.String).annotate({
    description:
      "The file's own URL, with secrets shown as ***, if fileUrl is a share link of Google Sheets, Google Drive, Dropbox, OneDrive, SharePoint, GitHub, GitLab, Bitbucket, Codeberg or Hugging Face; otherwise null.",
  }),
  target: Schema.String.annotate({
    description: "The database of the table: default, or one that the operator has declared.",
  }),
  schema: Schema.String.annotate({ description: "Schema of the table." }),
  table: Schema.String.annotate({
    description: "Name of the table. It exists once the job has completed.",
  }),
  mode: LoadMode.annotate({ description: "What the job does with the table: the option `mode`." }),
  options: ShownOptions.annotate({
    description:
      "The options of the request, as JSON takes them; those that were not given are absent. With secrets shown as ***.",
  }),
  waitsFor: Schema.NullOr(JobId).annotate({
    description:
      "The job on the same table that was posted before this one and has not ended. Jobs on one table run in the order in which they were posted. null if there is none.",
  }),
  waiting: Schema.NullOr(Waiting).annotate({
    description: "Why the job waits, and for how long about. null if it does not wait.",
  }),
  sourceId: Schema.NullOr(SourceId).annotate({
    description: "The source whose run the job is; null for any other job.",
  }),
  unchanged: Schema.Boolean.annotate({
    description:
      "Whether a run found the file as it was at the last load of its source, so that the table stayed as it was.",
  }),
  createdAt: time("When the job was created."),
  startedAt: Schema.NullOr(time("When its first attempt started.")),
  finishedAt: Schema.NullOr(time("When the job reached its final state.")),
  attempt: Schema.NullOr(Schema.Natural).annotate({ description: "Number of the latest attempt, from 1." }),
  maxAttempts: Schema.Natural.annotate({
    description: "Number of attempts after which the job fails, as the operator has set it; 1 for an upload.",
  }),
  nextAttemptAt: Schema.NullOr(time("In the state retry, when the next attempt is due; otherwise null.")),
  progress: Progress,
  attempts: Schema.Array(JobAttempt).annotate({
    description: `The attempts in order, also those that were released or lost; at most the latest ${maxAttemptsKept}. Empty until the first.`,
  }),
  throughput: Throughput,
  columns: Schema.NullOr(Schema.Array(TypedColumn)).annotate({
    description: "The table's columns in order; null until the job has completed.",
  }),
  changes: Schema.NullOr(RowChanges).annotate({
    description: "What the job did to the rows of the table; null until it has completed.",
  }),
  schemaChanges: Schema.NullOr(SchemaChanges).annotate({
    description: "How the columns of the file and of the table differed; null until the job has completed.",
  }),
  files: Schema.NullOr(
    Schema.Array(
      Schema.Struct(Struct.omit(FileFindings.fields, ["header"])).annotate({
        identifier: "LoadedFile",
        description: "How one of several files was read.",
      }),
    ),
  ).annotate({
    description:
      "Of a job with several files, how each was read; null until it has ended, and if it has one file. The fields below have the sums of all files, and the format of the first.",
  }),
  compression: Schema.NullOr(Schema.String).annotate({
    description:
      "How the file was compressed, outermost first: gzip, zstd, br, deflate, zip, or several joined by +. null if it was not, and until the job has ended.",
  }),
  dialect: Schema.NullOr(Findings.fields.dialect).annotate({
    description: "How the file was read; null until the job has ended.",
  }),
  encoding: Schema.NullOr(Findings.fields.encoding).annotate({
    description:
      "The file's encoding, by its name in the WHATWG Encoding Standard; null until the job has ended.",
  }),
  encodingGuess: Findings.fields.encodingGuess.annotate({
    description:
      "Set if the encoding was guessed with little evidence: the encoding and the next best one. null until the job has ended.",
  }),
  repairs: Schema.NullOr(Findings.fields.repairs).annotate({
    description: "Number of repaired records, by kind of repair; null until the job has ended.",
  }),
  rejects: Schema.NullOr(Findings.fields.rejects).annotate({
    description:
      "Number of rejected records, by reason; null until the job has ended. /job_rejects returns the records.",
  }),
  skipped: Schema.NullOr(Findings.fields.skipped).annotate({
    description:
      "Number of skipped lines, by kind; null until the job has ended. /job_rejects?kind=skipped returns the lines.",
  }),
  lines: Schema.NullOr(Findings.fields.lines).annotate({
    description:
      "How many lines of the file belong to what; null until the job has ended. total = header + rows + rejects + all skipped lines.",
  }),
  rewrites: Schema.NullOr(Schema.Natural).annotate({
    description:
      "How often the rows stored so far were rewritten because a value did not have the type inferred from the values before; null until the job has ended.",
  }),
  almostTyped: Schema.NullOr(Schema.Array(AlmostTyped)).annotate({
    description:
      "With types=infer or lenient, the columns that stayed text although nearly all their values have a type, and why; null until the job has ended.",
  }),
  warnings: Schema.NullOr(Findings.fields.warnings).annotate({
    description:
      "What to check about how the file was read, in a failed job until the failure; null until the job has ended.",
  }),
  error: Schema.NullOr(JobError),
  callback: Schema.NullOr(Callback),
})
export type Job = typeof Job.Type
