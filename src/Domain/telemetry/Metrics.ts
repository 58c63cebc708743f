import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import type * as Scope from "effect/Scope"
import { type AttributesOf, metricCatalog, type NamesOf } from "./metricCatalog.ts"

type CounterName = NamesOf<"counter">
type HistogramName = NamesOf<"histogram">
type ReadName = NamesOf<"gauge" | "updowncounter" | "counter">

const given = (attributes: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Record.filter(attributes, Predicate.isNotUndefined)

const counter = (name: CounterName) =>
  Metric.counter(name, { description: metricCatalog[name].meaning, incremental: true })

const histogram = (name: HistogramName) => {
  const { bounds, meaning } = metricCatalog[name]
  return Metric.histogram(name, { description: meaning, boundaries: bounds })
}

/** Makes each series once: a metric computes the key of its series anew for each instance. The catalog bounds their number. */
const perSeries = <Name extends string, A extends Metric.Metric<number, unknown>>(
  make: (name: Name) => A,
) => {
  const known = new Map<string, Metric.Metric<number, unknown>>()
  return (name: Name, attributes: Readonly<Record<string, string | undefined>>) => {
    const key = JSON.stringify([name, attributes])
    const found = known.get(key) ?? Metric.withAttributes(make(name), given(attributes))
    known.set(key, found)
    return found
  }
}
const counterOf = perSeries(counter)
const histogramOf = perSeries(histogram)

/** Adds to a counter. */
export const count = <Name extends CounterName>(
  name: Name,
  attributes: AttributesOf<Name>,
  amount = 1,
): Effect.Effect<void> => Metric.update(counterOf(name, attributes), amount)

/** Adds a value to a histogram. */
export const record = <Name extends HistogramName>(
  name: Name,
  attributes: AttributesOf<Name>,
  value: number,
): Effect.Effect<void> => Metric.update(histogramOf(name, attributes), value)

/** The same outside of an effect, without a fiber of its own. */
export const recordUnsafe = <Name extends HistogramName>(
  name: Name,
  attributes: AttributesOf<Name>,
  value: number,
): void => histogramOf(name, attributes).updateUnsafe(value, Context.empty())

/** Shows a counter before its first event: `increase()` does not see an event that makes a series. */
export const startAtZero = <Name extends CounterName>(
  name: Name,
  series: ReadonlyArray<AttributesOf<Name>> = [{}],
): Effect.Effect<void> =>
  Effect.forEach(series, (attributes) => count(name, attributes, 0), { discard: true })

/**
 * Reads a value whenever metrics are exported or scraped, until the scope closes.
 *
 * @param read `NaN` if there is no value
 */
export const observe = <Name extends ReadName>(
  name: Name,
  attributes: AttributesOf<Name>,
  read: () => number,
): Effect.Effect<void, never, Scope.Scope> => {
  const { kind, meaning } = metricCatalog[name]
  const ignore = { update: () => {}, modify: () => {} }
  const register = (context: Context.Context<never>) =>
    kind === "counter"
      ? Metric.registerUnsafe(
          Metric.withAttributes(
            Metric.counter(name, { description: meaning, incremental: true }),
            given(attributes),
          ),
          context,
          { ...ignore, get: () => ({ count: read(), incremental: true }) },
        )
      : Metric.registerUnsafe(
          Metric.withAttributes(Metric.gauge(name, { description: meaning }), given(attributes)),
          context,
          { ...ignore, get: () => ({ value: read() }) },
        )
  return Effect.asVoid(
    Effect.acquireRelease(Effect.map(Effect.context<never>(), register), (registration) =>
      Effect.sync(() => registration.remove()),
    ),
  )
}
