import { PrometheusMetrics } from "effect/observability"
import { definitionOf } from "./metricCatalog.ts"

/** Prometheus writes units out in names. Units in braces are not units of measure. */
const unitNames: Readonly<Record<string, string>> = { s: "seconds", By: "bytes", "1": "ratio" }

/**
 * A metric's name as OpenTelemetry translates it for Prometheus: with the unit, and `_total` for a counter. A name that ends
 * with `count`, which Prometheus keeps for histograms, gets a plural instead.
 */
export const prometheusName = (name: string): string => {
  const definition = definitionOf(name)
  if (definition === undefined) return name
  const total = definition.kind === "counter" ? "total" : undefined
  return [name.replaceAll(".", "_").replace(/_count$/, "s"), unitNames[definition.unit], total]
    .filter(Boolean)
    .join("_")
}

/** The metrics of this process in Prometheus's text format. */
export const prometheusText = PrometheusMetrics.format({ metricNameMapper: prometheusName })

/** The media type of that format. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8"
