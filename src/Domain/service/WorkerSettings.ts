import type * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"

/** The operator's settings for a worker. */
export class WorkerSettings extends Context.Service<
  WorkerSettings,
  {
    /** Jobs that this replica runs at the same time. */
    readonly slots: number
    /** How many of them it may use now: the database may have too few connections for all. */
    readonly usableSlots: () => number
    /** Long loads that push rows to Postgres at the same time. The others wait, for their sources or for their turns. */
    readonly pushingLoads: number
    /** How long running loads may continue during a shutdown. */
    readonly shutdownGrace: Duration.Duration
    /** Time without a job after which this replica ends its process. */
    readonly stopWhenIdle: Duration.Duration
    /** Attempts of a job before a retryable failure is final. */
    readonly maxAttempts: number
    /** Longest time of one attempt. */
    readonly maxLoadDuration: Duration.Duration
    readonly maxRecordSize: ByteSize.ByteSize
  }
>()("sluice/Domain/WorkerSettings") {}
