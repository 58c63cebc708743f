import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Claim } from "./Claim.ts"
import { JobId } from "./Job.ts"
import type { JobState } from "./JobState.ts"
import type { ServiceUnavailable } from "../service/ServiceUnavailable.ts"

/**
 * The queue's message. Everything else about the job is in its record. A worker leaves messages of a later version to
 * later workers: before version 2 they did not know of secrets beside the record, and would load a masked URL. Before version 3
 * they knew neither sources, whose runs note the version of the file, nor webhooks, before version 4 no jobs of several
 * files, before version 5 no other database for tables, and before version 6 no more than one.
 */
export const QueuedLoad = Schema.TaggedStruct("QueuedLoad", {
  version: Schema.Literals([1, 2, 3, 4, 5, 6]),
  jobId: JobId,
  /** W3C `traceparent` of the request that created the job. */
  traceparent: Schema.NullOr(Schema.String),
  /** The database of the job's table, so that the queue finds jobs by it; absent: the queue's own. */
  target: Schema.optionalKey(Schema.String),
})
export type QueuedLoad = typeof QueuedLoad.Type

/** Times of a claim in milliseconds since 1970, all by the database's clock. */
export interface ClaimTimes {
  /** When the job was created. */
  readonly createdAt: number
  /** When this attempt could be claimed first. */
  readonly dueAt: number
  readonly claimedAt: number
}

/** How long the job waited for this claim, in seconds. */
export const secondsWaited = ({ claimedAt, dueAt }: ClaimTimes): number =>
  Math.max(0, claimedAt - dueAt) / 1000

/** A claim and the message of its job. */
export interface ClaimedLoad {
  readonly times: ClaimTimes
  /** Number of the replica that has the claim. */
  readonly replica: number
  readonly claim: Claim
  readonly message: QueuedLoad
  /** Number of earlier claims that were never settled, because the worker crashed or lost its database. */
  readonly crashes: number
  /** Whether the same claim left due jobs because of the limits of their hosts, so that another claim may find others. */
  readonly hasMore: boolean
}

/** A notification for replicas. Signals may be lost, so replicas also poll and call `touch`. */
export type QueueSignal =
  | { readonly _tag: "JobReady" }
  | { readonly _tag: "JobCancelled"; readonly jobId: JobId }
  /** The connection for signals was opened or reopened. Signals may have been lost before. */
  | { readonly _tag: "Listening" }

/**
 * Delivers each job to one worker at a time, at least once. The claim ensures that only one delivery takes effect.
 *
 * Jobs enter the queue with their record (`Jobs.create`). `cancel`, `retry`, `fail` and `release` join the caller's database
 * transaction, if there is one. `retry`, `fail` and `release` are fenced: if the claim no longer holds, they change nothing
 * and return `false`.
 */
export class JobQueue extends Context.Service<
  JobQueue,
  {
    /** Signals soon that a new job waits. Never fails: replicas poll, too. Call it after the commit. */
    readonly announce: Effect.Effect<void>
    /** Ends a waiting or running job and signals the replica that runs it. Returns `false` if the job had ended before. */
    readonly cancel: (jobId: JobId) => Effect.Effect<boolean, ServiceUnavailable>
    readonly state: (jobId: JobId) => Effect.Effect<Option.Option<JobState>, ServiceUnavailable>
    /**
     * Claims up to `limit` waiting jobs for this replica, with at most one suspect among them. If the replica dies, others
     * detect that.
     *
     * @param options.suspects `true` unless given; `false` claims no suspect, because this replica has one
     * @param options.slots how many jobs may run here, of which one caller cannot have all; all slots unless given
     */
    readonly claim: (
      limit: number,
      options?: { readonly suspects?: boolean; readonly slots?: number },
    ) => Effect.Effect<ReadonlyArray<ClaimedLoad>, ServiceUnavailable>
    /** Whether a claim may find a job now. Costs less than a claim that finds none. */
    readonly hasDue: Effect.Effect<boolean, ServiceUnavailable>
    /** From now on, this replica claims no more jobs, so it is not signalled new ones. */
    readonly leave: Effect.Effect<void>
    /** The number of this replica, which others see alive from now on. */
    readonly holder: Effect.Effect<number, ServiceUnavailable>
    /** Renews the claims (a heartbeat). Returns those that still hold. */
    readonly touch: (claims: ReadonlyArray<Claim>) => Effect.Effect<ReadonlyArray<Claim>, ServiceUnavailable>
    /** Returns the job to the queue for another attempt after `delay`. */
    readonly retry: (claim: Claim, delay: Duration.Duration) => Effect.Effect<boolean, ServiceUnavailable>
    readonly fail: (claim: Claim) => Effect.Effect<boolean, ServiceUnavailable>
    /** Returns the job to the queue at once, when the replica shuts down. */
    readonly release: (claim: Claim) => Effect.Effect<boolean, ServiceUnavailable>
    /** Never ends or fails: reconnects after a lost connection. */
    readonly signals: Stream.Stream<QueueSignal>
  }
>()("sluice/Domain/JobQueue") {}
