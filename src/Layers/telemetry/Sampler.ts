import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type { AppConfig } from "../process/AppConfig.ts"

/** Decides whether a new span is exported. */
export type Sampler = (span: Tracer.Span) => boolean

/** The end of a trace id is random, and the same in every process. Number holds 48 bits exactly. */
const randomPart = (traceId: string): number => Number.parseInt(traceId.slice(-12), 16) / 2 ** 48

const rules: Readonly<Record<string, (ratio: number) => Sampler>> = {
  always_on: () => () => true,
  always_off: () => () => false,
  traceidratio: (ratio) => (span) => randomPart(span.traceId) >= 1 - ratio,
}

/**
 * With `parentbased_`, a span does as its parent, also one in another process.
 *
 * @param ratio the part of the traces to export, from 0 to 1, for `traceidratio`
 */
export const sampler = (name: AppConfig["Service"]["otelTracesSampler"], ratio: number): Sampler => {
  const root = rules[name.replace("parentbased_", "")]!(ratio)
  if (!name.startsWith("parentbased_")) return root
  return (span) => (Option.isSome(span.parent) ? span.sampled : root(span))
}
