import * as Schema from "effect/Schema"

/** Most points of a series. */
export const maxPoints = 60

/** How far the latest attempt was at some moments. */
export const Throughput = Schema.Array(
  Schema.Struct({
    elapsedSeconds: Schema.Finite.annotate({ description: "Time since the start of the attempt." }),
    bytesReceived: Schema.Natural.annotate({ description: "As in progress, at that time." }),
    rowsLoaded: Schema.Natural.annotate({ description: "As in progress, at that time." }),
  }).annotate({ identifier: "ThroughputPoint" }),
).annotate({
  description: `How far the latest attempt was at some moments, at most ${maxPoints}, in order: the last is its end, or about now.`,
})
export type Throughput = typeof Throughput.Type
