import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as LogLines from "./LogLines.ts"

const Value = Schema.Struct({
  stringValue: Schema.optional(Schema.String),
  intValue: Schema.optional(Schema.Union([Schema.Finite, Schema.String])),
  doubleValue: Schema.optional(Schema.Finite),
  boolValue: Schema.optional(Schema.Boolean),
})

/** Attributes as a record. Numbers are numbers, also 64-bit ones. */
const Attributes = Schema.Array(Schema.Struct({ key: Schema.String, value: Value }))
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>
const record = (attributes: typeof Attributes.Type): Attributes =>
  Object.fromEntries(
    attributes.map(({ key, value: { boolValue, doubleValue, intValue, stringValue } }) => [
      key,
      stringValue ?? (intValue === undefined ? (doubleValue ?? boolValue) : Number(intValue)),
    ]),
  )

const Resource = Schema.Struct({ attributes: Attributes })

const Traces = Schema.Struct({
  resourceSpans: Schema.Array(
    Schema.Struct({
      resource: Resource,
      scopeSpans: Schema.Array(
        Schema.Struct({
          spans: Schema.Array(
            Schema.Struct({
              name: Schema.String,
              traceId: Schema.String,
              spanId: Schema.String,
              parentSpanId: Schema.optional(Schema.NullOr(Schema.String)),
              kind: Schema.Int,
              startTimeUnixNano: Schema.String,
              endTimeUnixNano: Schema.String,
              attributes: Attributes,
              status: Schema.Struct({ code: Schema.Int }),
              links: Schema.Array(Schema.Struct({ traceId: Schema.String, spanId: Schema.String })),
            }),
          ),
        }),
      ),
    }),
  ),
})
const decodeTraces = Schema.decodeUnknownSync(Schema.fromJsonString(Traces))

const Point = Schema.Struct({
  attributes: Attributes,
  asInt: Schema.optional(Schema.Union([Schema.Finite, Schema.String])),
  asDouble: Schema.optional(Schema.Union([Schema.Finite, Schema.Literal("NaN")])),
  count: Schema.optional(Schema.Finite),
  explicitBounds: Schema.optional(Schema.Array(Schema.Finite)),
})
const Points = Schema.Struct({
  dataPoints: Schema.Array(Point),
  isMonotonic: Schema.optional(Schema.Boolean),
})
const Metrics = Schema.Struct({
  resourceMetrics: Schema.Array(
    Schema.Struct({
      resource: Resource,
      scopeMetrics: Schema.Array(
        Schema.Struct({
          metrics: Schema.Array(
            Schema.Struct({
              name: Schema.String,
              description: Schema.optional(Schema.String),
              unit: Schema.String,
              sum: Schema.optional(Points),
              gauge: Schema.optional(Points),
              histogram: Schema.optional(Points),
            }),
          ),
        }),
      ),
    }),
  ),
})
const decodeMetrics = Schema.decodeUnknownSync(Schema.fromJsonString(Metrics))

const kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"]

/** An exported span. */
export interface ExportedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly kind: string
  readonly attributes: Attributes
  readonly isError: boolean
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
  readonly resource: Attributes
  readonly millis: number
}

/** One series of a metric in one export. */
export interface ExportedPoint {
  readonly name: string
  readonly unit: string
  readonly kind: "counter" | "updowncounter" | "gauge" | "histogram"
  readonly attributes: Attributes
  /** Of a histogram, the number of observations. */
  readonly value: number
  readonly bounds: ReadonlyArray<number>
  readonly resource: Attributes
}

const spansOf = (body: string): ReadonlyArray<ExportedSpan> =>
  decodeTraces(body).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(
        ({
          attributes,
          endTimeUnixNano,
          kind,
          links,
          name,
          parentSpanId,
          spanId,
          startTimeUnixNano,
          status,
          traceId,
        }) => ({
          name,
          traceId,
          spanId,
          links,
          parentSpanId: parentSpanId ?? null,
          kind: kinds[kind] ?? "",
          attributes: record(attributes),
          isError: status.code === 2,
          resource: record(resource.attributes),
          millis: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6,
        }),
      ),
  )

const pointsOf = (body: string): ReadonlyArray<ExportedPoint> =>
  decodeMetrics(body).resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ gauge, histogram, name, sum, unit }) => {
        const kind: ExportedPoint["kind"] =
          histogram !== undefined
            ? "histogram"
            : gauge !== undefined
              ? "gauge"
              : sum?.isMonotonic === true
                ? "counter"
                : "updowncounter"
        return [sum, gauge, histogram].flatMap((points) =>
          (points?.dataPoints ?? []).map(({ asDouble, asInt, attributes, count, explicitBounds }) => ({
            name,
            unit,
            kind,
            attributes: record(attributes),
            value: Number(count ?? asInt ?? asDouble),
            bounds: explicitBounds ?? [],
            resource: record(resource.attributes),
          })),
        )
      }),
  )

export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string
  readonly spans: ReadonlyArray<ExportedSpan>
  /** Waits for the first span that fits. */
  readonly span: (fits: (span: ExportedSpan) => boolean) => Effect.Effect<ExportedSpan>
  /** Waits for the first point of a metric that fits. */
  readonly point: (fits: (point: ExportedPoint) => boolean) => Effect.Effect<ExportedPoint>
  readonly points: ReadonlyArray<ExportedPoint>
  /** Bodies of all requests, of all signals. */
  readonly bodies: ReadonlyArray<string>
}

/** A collector: receives OTLP over HTTP in JSON. */
export const make = Effect.fnUntraced(function* (port = 0): Effect.fn.Return<Collector, never, Scope.Scope> {
  const spans = LogLines.make<ExportedSpan>()
  const points = LogLines.make<ExportedPoint>()
  const bodies: Array<string> = []
  const server = createServer((request, response) => {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      const body = Buffer.concat(parts).toString()
      bodies.push(body)
      if (request.url === "/v1/traces") for (const span of spansOf(body)) spans.add(span)
      if (request.url === "/v1/metrics") for (const point of pointsOf(body)) points.add(point)
      response.setHeader("content-type", "application/json").end("{}")
    })
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(port, "127.0.0.1", () => resume(Effect.void))),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      }),
  )
  const { port: listening } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${listening}`,
    spans: spans.lines,
    span: spans.logged,
    points: points.lines,
    point: points.logged,
    bodies,
  }
})
