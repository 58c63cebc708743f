import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as HttpTraceContext from "effect/http/HttpTraceContext"

/** The W3C `traceparent` of the current span, to store with a queued job; `null` outside any span. */
export const currentTraceparent: Effect.Effect<string | null> = Effect.map(
  Effect.option(Effect.currentSpan),
  Option.match({
    onNone: () => null,
    onSome: (span) => HttpTraceContext.toHeaders(span)["traceparent"] ?? null,
  }),
)
