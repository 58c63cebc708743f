import * as Schema from "effect/Schema"
import { LoadReport, LoadSpec } from "./LoadSpec.ts"

/** Implementations of COPY FROM STDIN on a `pg` connection. */
export const writers = ["CopyIn", "pg-copy-streams", "pg-copy-streams in NodeSink"] as const
export type Writer = (typeof writers)[number]

/** What happens after half of the file. */
export const events = ["nothing", "row refused", "backend terminated"] as const
export type Event = (typeof events)[number]

/** The input of bench/processes/copyWriter.ts. */
export const CopyWriterSpec = Schema.Struct({
  ...LoadSpec.fields,
  createTable: Schema.String,
  /** Size of the file in bytes. */
  size: Schema.Natural,
  writer: Schema.Literals(writers),
  event: Schema.Literals(events),
  /** CSV record that the table refuses with an error "refused at <seconds since 1970>". */
  refusedRecord: Schema.String,
})

export const CopyWriterReport = Schema.Struct({
  ...LoadReport.fields,
  /** From the event to the end of the load, the rollback included; `null` if nothing happened. */
  endMillis: Schema.NullOr(Schema.Finite),
})
export type CopyWriterReport = typeof CopyWriterReport.Type
