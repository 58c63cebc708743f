import * as Duration from "effect/Duration"
import type { WebhookOutcome } from "./WebhookSender.ts"

/** What follows an attempt. */
export type DeliveryDecision =
  | { readonly _tag: "Delivered" }
  | { readonly _tag: "Retry"; readonly delay: Duration.Duration }
  | { readonly _tag: "GiveUp" }

/** Waits after the first attempt and those that follow, a day in total. Each gets up to a fifth more. */
export const retryDelays = (
  ["5 seconds", "30 seconds", "2 minutes", "10 minutes", "1 hour", "3 hours", "6 hours", "12 hours"] as const
).map((delay) => Duration.fromInputUnsafe(delay))

const jitter = 0.2

/** The longest wait that a receiver can ask for. */
const maxRetryAfter = Duration.hours(12)

/** Whether the receiver has accepted the notification. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** RFC 9110, 15.5.11: the receiver wants no further notifications. */
const gone = 410

/**
 * Standard Webhooks: only 2xx is a success, a redirect is none, and 410 ends it. What this worker's settings or a proxy do not
 * allow is tried again as well, because the operator can correct them, and another worker may have others.
 *
 * @param attempts including this one
 * @param random from 0 to 1, so that notifications that failed together are not repeated together
 */
export const decideDelivery = (
  outcome: WebhookOutcome,
  attempts: number,
  random: number,
): DeliveryDecision => {
  if (outcome._tag === "Responded" && isSuccess(outcome.status)) return { _tag: "Delivered" }
  const delay = retryDelays[attempts - 1]
  const isFinal = outcome._tag === "Responded" && outcome.status === gone
  if (isFinal || delay === undefined) return { _tag: "GiveUp" }
  const wanted = outcome._tag === "Responded" ? outcome.retryAfter : null
  const least = wanted === null ? delay : Duration.max(delay, Duration.min(wanted, maxRetryAfter))
  return { _tag: "Retry", delay: Duration.times(least, 1 + jitter * random) }
}
