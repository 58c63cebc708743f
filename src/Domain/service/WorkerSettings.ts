import type * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"

/** What the operator decides about a worker. */
export class WorkerSettings extends Context.Service<
  WorkerSettings,
  {
    /** Jobs this replica runs at a time. */
    readonly slots: number
    /** How long running loads may go on after a stop was asked for. */
    readonly shutdownGrace: Duration.Duration
    /** Attempts a job gets before a failure that a retry might mend is final. */
    readonly maxAttempts: number
    readonly maxRecordSize: ByteSize.ByteSize
  }
>()("sluice/Domain/WorkerSettings") {}
