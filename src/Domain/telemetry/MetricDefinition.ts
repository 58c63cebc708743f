/** A metric by OpenTelemetry's data model. */
export interface MetricDefinition {
  /** An `updowncounter` is a sum that may fall: it adds up over processes. A `gauge` does not. */
  readonly kind: "counter" | "updowncounter" | "gauge" | "histogram"
  /** UCUM: `s`, `By`, `1` for a ratio, or what is counted in braces. */
  readonly unit: string
  readonly meaning: string
  /** Keys of the attributes, with their values or meanings. */
  readonly attributes: Readonly<Record<string, string>>
  /** Upper bounds of a histogram's buckets. */
  readonly bounds?: ReadonlyArray<number>
  /** Which processes have it. */
  readonly in: "API" | "worker" | "all"
}
