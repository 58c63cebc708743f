import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import { Headers, HttpTraceContext } from "effect/http"

/** The W3C `traceparent` of the current span, to store with a queued job; `null` outside any span. */
export const currentTraceparent: Effect.Effect<string | null> = Effect.map(
  Effect.option(Effect.currentSpan),
  Option.match({
    onNone: () => null,
    onSome: (span) => HttpTraceContext.toHeaders(span)["traceparent"] ?? null,
  }),
)

/** The span that a `traceparent` names. */
export const spanOf = (traceparent: string | null): Tracer.ExternalSpan | undefined =>
  traceparent === null
    ? undefined
    : Option.getOrUndefined(HttpTraceContext.w3c(Headers.fromInput({ traceparent })))

/** Links the current span to the span that a `traceparent` names. */
export const linkCurrentSpan = (traceparent: string | null): Effect.Effect<void> =>
  Effect.gen(function* () {
    const current = yield* Effect.option(Effect.currentSpan)
    const linked = spanOf(traceparent)
    if (Option.isSome(current) && linked !== undefined)
      current.value.addLinks([{ span: linked, attributes: {} }])
  })
