import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type OtlpMetrics, OtlpSerialization, type OtlpTracer } from "effect/observability"
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

/** OTLP in JSON, with units and kinds of metrics from the catalog, and without the status Ok. */
export const layer = Layer.effect(
  OtlpSerialization.OtlpSerialization,
  Effect.map(OtlpSerialization.OtlpSerialization, ({ logs, metrics, traces }) => ({
    logs,
    metrics: (data) => metrics(conventionalMetrics(data)),
    traces: (data) => traces(conventionalTraces(data)),
  })),
).pipe(Layer.provide(OtlpSerialization.layerJson))
