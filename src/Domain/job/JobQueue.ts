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

/** The queue's message. All else about a job is in its record; the trace context must travel with it. */
export const QueuedLoad = Schema.TaggedStruct("QueuedLoad", {
  version: Schema.Literal(1),
  jobId: JobId,
  /** W3C `traceparent` of the request that created the job. */
  traceparent: Schema.NullOr(Schema.String),
})
export type QueuedLoad = typeof QueuedLoad.Type

/** A claim with the message it was claimed for. */
export interface ClaimedLoad {
  readonly claim: Claim
  readonly message: QueuedLoad
  /** How many earlier claims of the job their holders never settled: they died, or lost their database. */
  readonly crashes: number
}

/** What a replica is told without asking. Signals may be lost: polling and `touch` are the truth. */
export type QueueSignal =
  | { readonly _tag: "JobReady" }
  | { readonly _tag: "JobCancelled"; readonly jobId: JobId }
  /** The line to the database was (re)opened: anything may have happened meanwhile. */
  | { readonly _tag: "Listening" }

/**
 * Hands each job to one worker at a time, at least once; the claim makes what follows happen once.
 *
 * `enqueue`, `cancel`, `retry`, `fail` and `release` join the caller's database transaction when there is one.
 * The settles are fenced: they answer `false`, and change nothing, when the claim no longer holds.
 */
export class JobQueue extends Context.Service<
  JobQueue,
  {
    readonly enqueue: (message: QueuedLoad) => Effect.Effect<void, ServiceUnavailable>
    /** Ends a waiting or running job and tells the replica that runs it; `false` when it had ended already. */
    readonly cancel: (jobId: JobId) => Effect.Effect<boolean, ServiceUnavailable>
    readonly state: (jobId: JobId) => Effect.Effect<Option.Option<JobState>, ServiceUnavailable>
    /** Takes up to `limit` waiting jobs for this replica, which others can tell to be dead when it is. */
    readonly claim: (limit: number) => Effect.Effect<ReadonlyArray<ClaimedLoad>, ServiceUnavailable>
    /** Proves this replica alive for the claims; answers those that still hold. */
    readonly touch: (claims: ReadonlyArray<Claim>) => Effect.Effect<ReadonlyArray<Claim>, ServiceUnavailable>
    /** Gives the job back for another attempt after `delay`. */
    readonly retry: (claim: Claim, delay: Duration.Duration) => Effect.Effect<boolean, ServiceUnavailable>
    readonly fail: (claim: Claim) => Effect.Effect<boolean, ServiceUnavailable>
    /** Gives the job back at once, as a replica does that shuts down. */
    readonly release: (claim: Claim) => Effect.Effect<boolean, ServiceUnavailable>
    /** Never ends and never fails: a lost connection is reopened. */
    readonly signals: Stream.Stream<QueueSignal>
  }
>()("sluice/Domain/JobQueue") {}
