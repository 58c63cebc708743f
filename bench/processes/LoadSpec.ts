import * as Schema from "effect/Schema"

/** What a loading process is told, by its standard input, in JSON. */
export const LoadSpec = Schema.Struct({
  databaseUrl: Schema.String,
  /** A path or a URL, as the process expects. */
  source: Schema.String,
  table: Schema.String,
  /** Makes the table in the transaction that fills it; absent, the table is there. */
  createTable: Schema.optionalKey(Schema.String),
})
export type LoadSpec = typeof LoadSpec.Type

/** What it answers, by its standard output, in JSON. */
export const LoadReport = Schema.Struct({
  wallSeconds: Schema.Finite,
  clientCpuSeconds: Schema.Finite,
  backendCpuSeconds: Schema.NullOr(Schema.Finite),
  peakMemoryBytes: Schema.Natural,
})
export type LoadReport = typeof LoadReport.Type
