import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type OtlpMetrics, OtlpSerialization, type OtlpTracer } from "effect/observability"
import { maskedText, UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { definitionOf } from "../../Domain/telemetry/metricCatalog.ts"

type Metric = OtlpMetrics.MetricsData["resourceMetrics"][number]["scopeMetrics"][number]["metrics"][number]

/** AGGREGATION_TEMPORALITY_CUMULATIVE */
const cumulative = 2

/** Effect knows neither units, except as attributes, nor sums that may fall. */
const conventional = (metric: Metric): Metric => {
  const definition = definitionOf(metric.name)
  if (definition === undefined) return metric
  const { gauge, ...others } = Object.assign(metric, { unit: definition.unit })
  return gauge !== undefined && definition.kind === "updowncounter"
    ? { ...others, sum: { ...gauge, aggregationTemporality: cumulative, isMonotonic: false } }
    : metric
}

const conventionalMetrics = ({ resourceMetrics }: OtlpMetrics.MetricsData): OtlpMetrics.MetricsData => ({
  resourceMetrics: resourceMetrics.map(({ resource, scopeMetrics }) => ({
    resource,
    scopeMetrics: scopeMetrics.map(({ metrics, scope }) => ({ scope, metrics: metrics.map(conventional) })),
  })),
})

const ok = 1
const unset = 0

/** Effect sets the status Ok, which is for the final word of an application. */
const conventionalTraces = (data: OtlpTracer.TraceData): OtlpTracer.TraceData => {
  for (const { scopeSpans } of data.resourceSpans)
    for (const { spans } of scopeSpans)
      for (const { status } of spans) if (status.code === ok) Object.assign(status, { code: unset })
  return data
}

/** Secrets of URLs are masked once more, because messages of libraries and servers may repeat a URL. */
const maskUrls = (value: unknown, masking: UrlMasking): void => {
  if (typeof value !== "object" || value === null) return
  for (const [key, inner] of Object.entries(value))
    if (typeof inner === "string") Object.assign(value, { [key]: maskedText(inner, masking) })
    else maskUrls(inner, masking)
}

/** OTLP in JSON, with units and kinds of metrics from the catalog, without the status Ok, and with masked URLs. */
export const layer = Layer.effect(
  OtlpSerialization.OtlpSerialization,
  Effect.gen(function* () {
    const { logs, metrics, traces } = yield* OtlpSerialization.OtlpSerialization
    const masking = yield* UrlMasking
    const shown = <A>(data: A): A => {
      maskUrls(data, masking)
      return data
    }
    return {
      logs: (data) => logs(shown(data)),
      metrics: (data) => metrics(conventionalMetrics(data)),
      traces: (data) => traces(shown(conventionalTraces(data))),
    }
  }),
).pipe(Layer.provide(OtlpSerialization.layerJson))
