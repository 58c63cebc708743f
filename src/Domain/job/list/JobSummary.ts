import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Job } from "../Job.ts"

/** The members of a job that lists show: the small ones, and those that change while it runs. */
export const summaryMembers = [
  "jobId",
  "state",
  "fileUrl",
  "fileUrls",
  "target",
  "schema",
  "table",
  "mode",
  "sourceId",
  "unchanged",
  "createdAt",
  "startedAt",
  "finishedAt",
  "attempt",
  "maxAttempts",
  "nextAttemptAt",
  "progress",
  "error",
] as const

/** A job in a list. */
export const JobSummary = Schema.Struct(Struct.pick(Job.fields, summaryMembers))
export type JobSummary = typeof JobSummary.Type
