import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { MeasuredAttempt } from "./attempts/AttemptTimeline.ts"
import type { Claim } from "./Claim.ts"
import { IdempotencyKey } from "./IdempotencyKey.ts"
import { Job, JobId } from "./Job.ts"
import type { FenceUnavailable } from "./fence/FenceUnavailable.ts"
import type { Findings } from "../load/Findings.ts"
import type { LoadError } from "../load/LoadError.ts"
import type { LoadOptions } from "../load/options/LoadOptions.ts"
import type { Counters } from "./Progress.ts"
import type { KeptReject } from "../load/Reject.ts"
import type { KeptLine } from "../load/SkippedLine.ts"
import type { CallbackRefused } from "./webhook/CallbackPolicy.ts"
import type { Caller } from "../service/Caller.ts"
import type { LimitReached } from "../service/Limits.ts"
import type { ServiceUnavailable } from "../service/ServiceUnavailable.ts"
import type { SourceId } from "./SourceId.ts"
import type { FileUnchanged, KnownVersion } from "../source/FileVersion.ts"
import type { SourceUrl } from "../source/SourceUrl.ts"
import { TableName } from "../load/columns/TableName.ts"
import type { RecordedTarget } from "../load/columns/target/RecordedTarget.ts"
import type { TargetUnknown } from "../load/columns/target/Targets.ts"

/** A validated request for a load. */
export interface LoadRequest {
  readonly fileUrl: SourceUrl
  /** Further files that are loaded into the same table, after the first one, in their order; absent: none. */
  readonly otherUrls?: ReadonlyArray<SourceUrl>
  readonly options: LoadOptions
  /** Requests of one caller with the same key create one job. */
  readonly idempotencyKey?: IdempotencyKey
}

/** All files of a request or an attempt, in their order. */
export const fileUrlsOf = ({
  fileUrl,
  otherUrls = [],
}: Pick<LoadRequest, "fileUrl" | "otherUrls">): ReadonlyArray<SourceUrl> => [fileUrl, ...otherUrls]

/** One attempt of a job, for its worker. */
export interface Attempt {
  readonly claim: Claim
  /** Number of this attempt, from 1. Attempts released by a shutdown are not counted. */
  readonly attempt: number
  readonly fileUrl: SourceUrl
  /** As in `LoadRequest`. */
  readonly otherUrls?: ReadonlyArray<SourceUrl>
  /** The table's schema, as configured when the job was created. */
  readonly schema: string
  readonly table: TableName
  readonly target: RecordedTarget
  readonly options: LoadOptions
  /**
   * Only of the run of a source: which one, and what is known of the version of the file that the table has. If the table is not with the
   * queue, its database is asked.
   */
  readonly refresh?: { readonly sourceId: SourceId; readonly known: Effect.Effect<LoadedVersion, LoadError> }
  /** The secrets of URL and headers could not be read, so there is nothing to load. */
  readonly unreadable?: LoadError
}

/** A claim of a job that starts. */
export interface StartedClaim extends Claim {
  /** The number of the replica that has it. */
  readonly replica?: number
}

/** How far a running attempt is. */
export interface AttemptReport {
  readonly claim: Claim
  readonly counters: Counters
  /** The throughput is absent if it is as in the last report. */
  readonly measured?: Partial<MeasuredAttempt>
}

/** The version of a file that a table has, and the number of its rows; `null` where unknown. */
export interface LoadedVersion extends KnownVersion {
  readonly rows: number | null
}

/** A job that this replica has claimed with its creation. */
export interface ReceivedJob {
  readonly attempt: Attempt
  readonly replica: number
  /** Milliseconds since 1970, by the database's clock. */
  readonly createdAt: number
}

/** How a file, or the part of it before a failure, was read. */
export interface FileRead {
  /** How the file was compressed, as in `OpenedSource`. */
  readonly compression: string | null
  readonly findings: Findings
}

/** A page of what a job has kept of its file. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** Number of the last item of this page, if there are more; otherwise `null`. */
  readonly next: number | null
}

interface SkippedPage extends Page<KeptLine> {
  /** How many skipped lines the job has kept in all. */
  readonly kept: number
}

export interface RejectedFile {
  /** Number of rejects whose whole text is kept. */
  readonly whole: number
  /** The cells of the file's header; `null` if there is none, or no reject. */
  readonly header: ReadonlyArray<string> | null
}

/** The items after a number, at most `limit`. */
export interface PageSelection {
  readonly after: number
  readonly limit: number
  /** Number of the last item that may be returned; absent: any. */
  readonly last?: number
}

/** Which of a job's several files: its records have the numbers after one, up to another. */
export interface FileSelection {
  /** As it is shown. */
  readonly fileUrl: string
  readonly after: number
  readonly last: number
}

export class JobNotFound extends Schema.TaggedError<JobNotFound>()("JobNotFound", { jobId: JobId }) {}

/** A table with the requested name exists, or an unfinished job has reserved it. */
export class TableNameTaken extends Schema.TaggedError<TableNameTaken>()("TableNameTaken", {
  table: TableName,
}) {}

/** The table, or the one that an unfinished job will make, is another caller's, so the job may not load into it. */
export class TableOfOthers extends Schema.TaggedError<TableOfOthers>()("TableOfOthers", {
  table: TableName,
}) {}

/** Another job of the caller on the table is unfinished, and an upload cannot wait for it. */
export class TableBusy extends Schema.TaggedError<TableBusy>()("TableBusy", {
  table: TableName,
  jobId: JobId,
}) {}

/** The operator does not allow jobs to have tables in the schema. */
export class SchemaNotAllowed extends Schema.TaggedError<SchemaNotAllowed>()("SchemaNotAllowed", {
  schema: Schema.String,
}) {}

/** A different request was posted with this key. */
export class IdempotencyKeyReused extends Schema.TaggedError<IdempotencyKeyReused>()("IdempotencyKeyReused", {
  idempotencyKey: IdempotencyKey,
}) {}

/** The job had completed or failed before it could be cancelled. */
export class JobAlreadyFinished extends Schema.TaggedError<JobAlreadyFinished>()("JobAlreadyFinished", {
  job: Job,
}) {}

/**
 * The life cycle of jobs. Each change to a job's record commits in one transaction with the change in the queue.
 * Completion is the exception: it commits with the rows, in `CopySink`.
 *
 * A job belongs to the caller that created it. For others it does not exist, except for callers with the scope `admin`.
 */
export class Jobs extends Context.Service<
  Jobs,
  {
    /**
     * Chooses the job's table, records the job and enqueues it, all or nothing. If the same request was posted before
     * with its key, returns that job. A failed creation does not use up the key. `Limits.create` sets limits.
     */
    readonly create: (
      request: LoadRequest,
    ) => Effect.Effect<
      Pick<Job, "jobId">,
      | TableNameTaken
      | TableOfOthers
      | SchemaNotAllowed
      | TargetUnknown
      | CallbackRefused
      | IdempotencyKeyReused
      | LimitReached
      | ServiceUnavailable,
      Caller
    >
    /**
     * Like `create`, for an upload: this replica has the job's only claim from the start. Returns the job itself if the same
     * request was sent before with its key.
     */
    readonly receive: (
      request: LoadRequest,
    ) => Effect.Effect<
      ReceivedJob | Job,
      | TableNameTaken
      | TableOfOthers
      | TableBusy
      | SchemaNotAllowed
      | TargetUnknown
      | CallbackRefused
      | IdempotencyKeyReused
      | LimitReached
      | ServiceUnavailable,
      Caller
    >
    readonly find: (jobId: JobId) => Effect.Effect<Option.Option<Job>, ServiceUnavailable, Caller>
    /** The rejects of a completed job, ordered by record number. Rejects of other jobs are not kept. */
    readonly rejects: (
      jobId: JobId,
      page: PageSelection,
    ) => Effect.Effect<Page<KeptReject>, JobNotFound | ServiceUnavailable, Caller>
    /**
     * What is needed to write the rejects of a job as its file has them.
     *
     * @param file absent: the job has one
     */
    readonly rejectedFile: (
      jobId: JobId,
      file?: FileSelection,
    ) => Effect.Effect<RejectedFile, JobNotFound | ServiceUnavailable, Caller>
    /** The skipped lines of a completed job, but not blank ones, ordered by line number. */
    readonly skipped: (
      jobId: JobId,
      page: PageSelection,
    ) => Effect.Effect<SkippedPage, JobNotFound | ServiceUnavailable, Caller>
    /** Returns the cancelled job, also if it was cancelled before. */
    readonly cancel: (
      jobId: JobId,
    ) => Effect.Effect<Job, JobNotFound | JobAlreadyFinished | ServiceUnavailable, Caller>
    /** Marks claimed jobs as started. Leaves out jobs that were cancelled in the meantime. */
    readonly begin: (
      claims: ReadonlyArray<StartedClaim>,
    ) => Effect.Effect<ReadonlyArray<Attempt>, ServiceUnavailable>
    /** Stores the progress of running attempts, in one statement. */
    readonly report: (progress: ReadonlyArray<AttemptReport>) => Effect.Effect<void, ServiceUnavailable>
    /** Stores the attempt's error and returns the job to the queue. Returns `false` if the claim no longer holds. */
    readonly retry: (
      claim: Claim,
      error: LoadError,
      delay: Duration.Duration,
    ) => Effect.Effect<boolean, ServiceUnavailable>
    /**
     * Ends the job as failed. `read` is absent if the file was not read. Returns `false` if the claim no longer holds, or the job
     * has its table.
     */
    readonly fail: (
      claim: Claim,
      error: LoadError,
      counters: Counters,
      read?: FileRead | null,
    ) => Effect.Effect<boolean, FenceUnavailable | ServiceUnavailable>
    /** Completes a run whose table already has the file. Returns `false` if the claim no longer holds. */
    readonly endUnchanged: (
      claim: Claim,
      unchanged: FileUnchanged,
      counters: Counters,
    ) => Effect.Effect<boolean, ServiceUnavailable>
    /** Returns the job to the queue without counting the attempt. Returns `false` if the claim no longer holds. */
    readonly release: (claim: Claim) => Effect.Effect<boolean, ServiceUnavailable>
  }
>()("sluice/Domain/Jobs") {}
