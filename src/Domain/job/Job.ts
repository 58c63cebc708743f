import * as Schema from "effect/Schema"
import { TypedColumn } from "../load/Column.ts"
import { Findings } from "../load/Findings.ts"
import { LoadErrorCode } from "../load/LoadError.ts"
import { JobState } from "./JobState.ts"
import { Progress } from "./Progress.ts"
import { SourcePlace } from "../load/SourcePlace.ts"

/** Identifies a job in Sluice and, by the same UUID, in the queue. */
export const JobId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type

/** The error of the job's latest attempt. */
export const JobError = Schema.Struct({ code: LoadErrorCode, message: Schema.String, ...SourcePlace.fields })
export type JobError = typeof JobError.Type

/** A job as its owner sees it: one URL that is loaded into one table. Unknown values are `null`. */
export const Job = Schema.Struct({
  jobId: JobId,
  state: JobState,
  /** The URL as posted, with credentials masked. */
  fileUrl: Schema.String,
  /** The table's name without its schema, which is the service's target schema. */
  table: Schema.String,
  createdAt: Schema.DateTimeUtc,
  startedAt: Schema.NullOr(Schema.DateTimeUtc),
  finishedAt: Schema.NullOr(Schema.DateTimeUtc),
  /** Number of the latest attempt, from 1; `null` before the first. */
  attempt: Schema.NullOr(Schema.Natural),
  progress: Progress,
  /** Known after the commit. */
  columns: Schema.NullOr(Schema.Array(TypedColumn)),
  /** How the file was compressed, as in `OpenedSource`. Known after the commit. */
  compression: Schema.NullOr(Schema.String),
  /** How the file was read. Known after the commit. */
  dialect: Schema.NullOr(Findings.fields.dialect),
  encoding: Schema.NullOr(Findings.fields.encoding),
  repairs: Schema.NullOr(Findings.fields.repairs),
  rejects: Schema.NullOr(Findings.fields.rejects),
  error: Schema.NullOr(JobError),
})
export type Job = typeof Job.Type
