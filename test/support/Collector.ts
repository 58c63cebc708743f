import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const Traces = Schema.Struct({
  resourceSpans: Schema.Array(
    Schema.Struct({
      scopeSpans: Schema.Array(
        Schema.Struct({
          spans: Schema.Array(
            Schema.Struct({
              name: Schema.String,
              traceId: Schema.String,
              spanId: Schema.String,
              parentSpanId: Schema.optional(Schema.NullOr(Schema.String)),
              attributes: Schema.Array(Schema.Unknown),
            }),
          ),
        }),
      ),
    }),
  ),
})
const decodeTraces = Schema.decodeUnknownSync(Schema.fromJsonString(Traces))

/** An exported span. */
type ExportedSpan = (typeof Traces.Type)["resourceSpans"][number]["scopeSpans"][number]["spans"][number]

export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string
  /** Waits until spans of all these names have arrived; returns all spans so far. */
  readonly collected: (...names: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<ExportedSpan>>
}

/** A collector: receives OTLP over HTTP in JSON. */
export const make: Effect.Effect<Collector, never, Scope.Scope> = Effect.gen(function* () {
  const spans: Array<ExportedSpan> = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      if (request.url === "/v1/traces") {
        const traces = decodeTraces(Buffer.concat(parts).toString())
        for (const { scopeSpans } of traces.resourceSpans)
          for (const scope of scopeSpans) spans.push(...scope.spans)
        for (const check of waiting) check()
      }
      response.setHeader("content-type", "application/json").end("{}")
    })
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    collected: (...names) =>
      Effect.callback((resume) => {
        const check = () => {
          if (!names.every((name) => spans.some((span) => span.name === name))) return
          waiting.delete(check)
          resume(Effect.succeed([...spans]))
        }
        waiting.add(check)
        check()
        return Effect.sync(() => void waiting.delete(check))
      }),
  }
})
