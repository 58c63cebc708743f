import * as Schema from "effect/Schema"
import { time } from "../time.ts"

/**
 * - `waiting`: the job has not ended.
 * - `pending`: an attempt runs, or another one follows.
 * - `delivered`: the receiver has accepted it.
 * - `failed`: no further attempt follows.
 */
const CallbackState = Schema.Literals(["waiting", "pending", "delivered", "failed"])

/** The notification of a job's end that its caller has asked for. */
export const Callback = Schema.Struct({
  url: Schema.String.annotate({ description: "The callbackUrl, with secrets shown as ***." }),
  state: CallbackState.annotate({
    description:
      "waiting: the job has not ended. pending: an attempt runs, or another one follows. delivered: the receiver has accepted the notification. failed: there is no further attempt.",
  }),
  attempts: Schema.Natural.annotate({ description: "Number of attempts so far." }),
  lastStatus: Schema.NullOr(Schema.Int).annotate({
    description: "Status of the response to the latest attempt; null if there was none.",
  }),
  lastError: Schema.NullOr(Schema.String).annotate({
    description: "Why the latest attempt did not succeed, for people; null if it did, and before the first.",
  }),
  nextAttemptAt: Schema.NullOr(time("When the next attempt is due.")),
}).annotate({
  identifier: "Callback",
  description: "The notification of the job's end; null if the job has no callbackUrl.",
})
export type Callback = typeof Callback.Type
