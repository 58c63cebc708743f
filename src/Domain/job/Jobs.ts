import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Claim } from "./Claim.ts"
import { IdempotencyKey } from "./IdempotencyKey.ts"
import { Job, JobId } from "./Job.ts"
import type { LoadError } from "../load/LoadError.ts"
import type { LoadOptions } from "../load/LoadOptions.ts"
import type { Counters } from "./Progress.ts"
import type { Reject } from "../load/Reject.ts"
import type { ServiceUnavailable } from "../service/ServiceUnavailable.ts"
import type { SourceUrl } from "../source/SourceUrl.ts"
import { TableName } from "../load/TableName.ts"

/** What the user asked for, checked. */
export interface LoadRequest {
  readonly fileUrl: SourceUrl
  readonly options: LoadOptions
  /** Under one key there is one job. */
  readonly idempotencyKey?: IdempotencyKey
}

/** One attempt as its worker needs it. */
export interface Attempt {
  readonly claim: Claim
  /** Number of this attempt, from 1; attempts given back by a shutdown are not counted. */
  readonly attempt: number
  readonly fileUrl: SourceUrl
  /** Where the table goes: as decided when the job was created. */
  readonly schema: string
  readonly table: TableName
  readonly options: LoadOptions
}

/** A part of a job's rejected records. */
export interface RejectPage {
  readonly rejects: ReadonlyArray<Reject>
  /** Number of the last of them, when there are more behind it. */
  readonly next: number | null
}

/** No job has this id. */
export class JobNotFound extends Schema.TaggedError<JobNotFound>()("JobNotFound", { jobId: JobId }) {}

/** The name that was asked for is that of an existing table, or of another job's table to be. */
export class TableNameTaken extends Schema.TaggedError<TableNameTaken>()("TableNameTaken", {
  table: TableName,
}) {}

/** Another request was posted under this key. */
export class IdempotencyKeyReused extends Schema.TaggedError<IdempotencyKeyReused>()("IdempotencyKeyReused", {
  idempotencyKey: IdempotencyKey,
}) {}

/** The job had completed or failed before it could be cancelled; `job` tells which. */
export class JobAlreadyFinished extends Schema.TaggedError<JobAlreadyFinished>()("JobAlreadyFinished", {
  job: Job,
}) {}

/**
 * The life of a job, from creation to its end. Each change to a job's record commits together with the
 * queue's, in one transaction; the one change not here, completion, commits with the rows (`CopySink`).
 */
export class Jobs extends Context.Service<
  Jobs,
  {
    /**
     * Names the job's table, records the job and enqueues it: all three or none. A request that was posted before
     * under its key makes no job: the first one is answered, whatever has become of it. A key with which no job
     * could be created is free.
     */
    readonly create: (
      request: LoadRequest,
    ) => Effect.Effect<Job, TableNameTaken | IdempotencyKeyReused | ServiceUnavailable>
    readonly find: (jobId: JobId) => Effect.Effect<Option.Option<Job>, ServiceUnavailable>
    /** The records of a completed job that were set aside, by their number; those of any other are not kept. */
    readonly rejects: (
      jobId: JobId,
      page: { readonly after: number; readonly limit: number },
    ) => Effect.Effect<RejectPage, JobNotFound | ServiceUnavailable>
    /** Answers the job, now cancelled; the same again for a job that was cancelled before. */
    readonly cancel: (
      jobId: JobId,
    ) => Effect.Effect<Job, JobNotFound | JobAlreadyFinished | ServiceUnavailable>
    /** Marks claimed jobs as started. A job cancelled in the meantime is missing from the answer. */
    readonly begin: (
      claims: ReadonlyArray<Claim>,
    ) => Effect.Effect<ReadonlyArray<Attempt>, ServiceUnavailable>
    /** Stores how far running attempts are, all in one statement. */
    readonly report: (
      progress: ReadonlyArray<{ readonly claim: Claim; readonly counters: Counters }>,
    ) => Effect.Effect<void, ServiceUnavailable>
    /** Stores why the attempt failed and gives the job back; `false` when the claim no longer held. */
    readonly retry: (
      claim: Claim,
      error: LoadError,
      delay: Duration.Duration,
    ) => Effect.Effect<boolean, ServiceUnavailable>
    /** Ends the job as failed; `false` when the claim no longer held. */
    readonly fail: (
      claim: Claim,
      error: LoadError,
      counters: Counters,
    ) => Effect.Effect<boolean, ServiceUnavailable>
    /** Gives the job back without spending an attempt; `false` when the claim no longer held. */
    readonly release: (claim: Claim) => Effect.Effect<boolean, ServiceUnavailable>
  }
>()("sluice/Domain/Jobs") {}
