import * as Effect from "effect/Effect"
import type { OutgoingHttpHeaders } from "node:http"
import type { Answer, ClientGone, Exchange } from "./CsvServer.ts"

/** The part of the file that one response has. */
interface ServedPart {
  /** Offsets: from the first byte to after the last byte that was written to the socket. */
  readonly from: number
  readonly to: number
}

/** A file that supports range requests, on connections that break. */
export interface RangedFile {
  readonly answer: Answer
  /** The responses so far. */
  readonly served: ReadonlyArray<ServedPart>
}

/** The requested offset, or `null` if the request has no range or is for another version. */
const requestedOffset = (exchange: Exchange, headers: OutgoingHttpHeaders): number | null => {
  const range = /^bytes=(\d+)-$/.exec(exchange.headers.range ?? "")
  const version = [exchange.headers["if-range"]].flat()[0]
  const isSame = version !== undefined && [headers["etag"], headers["last-modified"]].includes(version)
  return range === null || !isSame ? null : Number(range[1])
}

/**
 * Supports `Range` and `If-Range` (RFC 9110, 13.1.5 and 14.2).
 *
 * @param options.headers have the validator
 * @param options.breaks offsets at which a connection ends, each used once
 * @param options.end ends the connection there; closes it (FIN) by default
 */
export const rangedFile = (
  body: Uint8Array,
  options: {
    readonly headers: OutgoingHttpHeaders
    readonly breaks?: ReadonlyArray<number>
    readonly end?: (exchange: Exchange) => Effect.Effect<void, ClientGone>
  },
): RangedFile => {
  const breaks = [...(options.breaks ?? [])].toSorted((one, other) => one - other)
  const served: Array<ServedPart> = []
  const answer: Answer = Effect.fnUntraced(function* (exchange) {
    const requested = requestedOffset(exchange, options.headers)
    const from = requested ?? 0
    yield* exchange.head(requested === null ? 200 : 206, {
      ...options.headers,
      "content-length": body.length - from,
      ...(requested === null ? {} : { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` }),
    })
    const broken = breaks.shift()
    const to = broken ?? body.length
    served.push({ from, to })
    if (to > from) yield* exchange.send(body.subarray(from, to))
    yield* broken === undefined ? exchange.end : (options.end ?? ((exchange) => exchange.cut))(exchange)
  })
  return { answer, served }
}
