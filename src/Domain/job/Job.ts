import * as Schema from "effect/Schema"
import { TypedColumn } from "../load/Column.ts"
import { Findings } from "../load/Findings.ts"
import { LoadErrorCode } from "../load/LoadError.ts"
import { JobState } from "./JobState.ts"
import { Progress } from "./Progress.ts"
import { SourcePlace } from "../load/SourcePlace.ts"

/** Identifies a job here and, by the same uuid, in the queue. */
export const JobId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type

/** Why the job's latest attempt failed. */
export const JobError = Schema.Struct({ code: LoadErrorCode, message: Schema.String, ...SourcePlace.fields })
export type JobError = typeof JobError.Type

/** A job as its owner sees it: one URL on its way to one table. What is not known is `null`. */
export const Job = Schema.Struct({
  jobId: JobId,
  state: JobState,
  /** The URL as given, with credentials masked. */
  fileUrl: Schema.String,
  /** `schema.table` is not used: the table's name alone, in the service's target schema. */
  table: Schema.String,
  createdAt: Schema.DateTimeUtc,
  startedAt: Schema.NullOr(Schema.DateTimeUtc),
  finishedAt: Schema.NullOr(Schema.DateTimeUtc),
  /** Number of the latest attempt, from 1; `null` before the first. */
  attempt: Schema.NullOr(Schema.Natural),
  progress: Progress,
  /** Known once the header has been read and the table committed. */
  columns: Schema.NullOr(Schema.Array(TypedColumn)),
  /** How the file was compressed, as `OpenedSource` says; known once the table is committed. */
  compression: Schema.NullOr(Schema.String),
  /** What was found in the file; known once the table is committed. */
  dialect: Schema.NullOr(Findings.fields.dialect),
  encoding: Schema.NullOr(Findings.fields.encoding),
  repairs: Schema.NullOr(Findings.fields.repairs),
  rejects: Schema.NullOr(Findings.fields.rejects),
  error: Schema.NullOr(JobError),
})
export type Job = typeof Job.Type
