import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A job cannot have this `callbackUrl`. */
export class CallbackRefused extends Schema.TaggedError<CallbackRefused>()("CallbackRefused", {
  /** The end of a sentence that starts with `callbackUrl`. */
  reason: Schema.String,
}) {}

/**
 * Refuses a `callbackUrl` when the job is created, as far as this can be decided then: a name can have another address when the
 * job ends. By default all are refused.
 */
export const CallbackPolicy = Context.Reference<{
  readonly check: (url: string) => Effect.Effect<void, CallbackRefused>
}>("sluice/Domain/CallbackPolicy", {
  defaultValue: () => ({
    check: () => Effect.fail(new CallbackRefused({ reason: "is not supported by this process" })),
  }),
})
