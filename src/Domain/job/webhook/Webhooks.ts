import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { JobId } from "../Job.ts"
import type { ServiceUnavailable } from "../../service/ServiceUnavailable.ts"
import type { DeliveryDecision } from "./DeliveryDecision.ts"
import type { WebhookMessage, WebhookOutcome } from "./WebhookSender.ts"

/** A claimed attempt to notify someone of a job's end. */
export interface Delivery {
  readonly jobId: JobId
  /** Number of this attempt, from 1. It fences what follows. */
  readonly attempt: number
  readonly host: string
  /** Reads the message, and returns `null` if the job or the URL cannot be read. */
  readonly message: Effect.Effect<WebhookMessage | null, ServiceUnavailable>
}

/**
 * Notifications of the ends of jobs. They become due in the transaction that ends the job, and are delivered at least once: an
 * attempt whose worker dies is repeated.
 */
export class Webhooks extends Context.Service<
  Webhooks,
  {
    /**
     * Claims attempts that are due, the oldest first.
     *
     * @param options.perHost most attempts to one host at a time, with the `running` ones of this process
     */
    readonly claim: (options: {
      readonly limit: number
      readonly perHost: number
      readonly running: ReadonlyMap<string, number>
    }) => Effect.Effect<ReadonlyArray<Delivery>, ServiceUnavailable>
    /** The time until the next attempt is due; not positive if one is due already. */
    readonly nextDue: Effect.Effect<Option.Option<Duration.Duration>, ServiceUnavailable>
    /** Stores what became of an attempt. Without an effect if another attempt has begun since. */
    readonly settle: (
      delivery: Delivery,
      outcome: WebhookOutcome,
      decision: DeliveryDecision,
    ) => Effect.Effect<void, ServiceUnavailable>
    /** Makes the interrupted attempt due at once, as if it had not begun. */
    readonly release: (delivery: Delivery) => Effect.Effect<void, ServiceUnavailable>
    /** Emits when attempts have become due, and may emit when none has. Signals can be lost. Never ends. */
    readonly signals: Stream.Stream<void>
  }
>()("sluice/Domain/Webhooks") {}
