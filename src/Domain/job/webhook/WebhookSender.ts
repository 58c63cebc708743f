import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"

/** A notification to be sent. */
export interface WebhookMessage {
  /** The same for all attempts. */
  readonly id: string
  /** Can contain secrets. */
  readonly url: string
  readonly body: string
}

/** What became of one attempt. */
export type WebhookOutcome =
  | {
      readonly _tag: "Responded"
      readonly status: number
      /** The wait that the receiver asks for. */
      readonly retryAfter: Duration.Duration | null
    }
  /** There was no response, or nothing could be sent. `reason` is for the job's owner. */
  | { readonly _tag: "Unreachable"; readonly reason: string }

/** Signs notifications and sends them, within the operator's address policy. */
export class WebhookSender extends Context.Service<
  WebhookSender,
  { readonly send: (message: WebhookMessage) => Effect.Effect<WebhookOutcome> }
>()("sluice/Domain/WebhookSender") {}
