import * as Schema from "effect/Schema"

/** The input of a loading process, as JSON on its standard input. */
export const LoadSpec = Schema.Struct({
  databaseUrl: Schema.String,
  /** A path or a URL, depending on the process. */
  source: Schema.String,
  table: Schema.String,
  /** Statement that creates the table in the transaction of the load; absent if the table exists. */
  createTable: Schema.optionalKey(Schema.String),
})
export type LoadSpec = typeof LoadSpec.Type

/** Its output, as JSON on its standard output. */
export const LoadReport = Schema.Struct({
  wallSeconds: Schema.Finite,
  clientCpuSeconds: Schema.Finite,
  backendCpuSeconds: Schema.NullOr(Schema.Finite),
  peakMemoryBytes: Schema.Natural,
})
export type LoadReport = typeof LoadReport.Type
