import * as Tracer from "effect/Tracer"
import type { Sampler } from "./Sampler.ts"

/**
 * A tracer whose spans follow OpenTelemetry's conventions where Effect's do not.
 *
 * @param tracer makes the spans
 */
export const conventional = (tracer: Tracer.Tracer, isSampled: Sampler): Tracer.Tracer =>
  Tracer.make({
    ...tracer,
    span: (options) => {
      const span = tracer.span(options)
      return Object.assign(span, { sampled: isSampled(span) })
    },
  })
