import * as Effect from "effect/Effect"
import type { OutgoingHttpHeaders } from "node:http"
import type { Answer, ClientGone, Exchange } from "./CsvServer.ts"

/** One answer of a file that is served in parts. */
interface ServedPart {
  /** The first byte of the answer, and the byte behind the last that was handed to the system. */
  readonly from: number
  readonly to: number
}

/** A file of which parts can be asked for, on connections that break. */
export interface RangedFile {
  readonly answer: Answer
  /** The answers so far, in order. */
  readonly served: ReadonlyArray<ServedPart>
}

/** The byte asked for, if the version is still the one asked for; else `null`. */
const askedFor = (exchange: Exchange, headers: OutgoingHttpHeaders): number | null => {
  const range = /^bytes=(\d+)-$/.exec(exchange.headers.range ?? "")
  const version = [exchange.headers["if-range"]].flat()[0]
  const isSame = version !== undefined && [headers["etag"], headers["last-modified"]].includes(version)
  return range === null || !isSame ? null : Number(range[1])
}

/**
 * Honours `Range` and `If-Range` (RFC 9110, 13.1.5 and 14.2).
 *
 * @param options.headers name the version
 * @param options.breaks where a connection ends, each used once: one that reaches it sends no further byte
 * @param options.end how it ends there; closed (FIN) unless given
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
    const asked = askedFor(exchange, options.headers)
    const from = asked ?? 0
    yield* exchange.head(asked === null ? 200 : 206, {
      ...options.headers,
      "content-length": body.length - from,
      ...(asked === null ? {} : { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` }),
    })
    const broken = breaks.shift()
    const to = broken ?? body.length
    served.push({ from, to })
    if (to > from) yield* exchange.send(body.subarray(from, to))
    yield* broken === undefined ? exchange.end : (options.end ?? ((exchange) => exchange.cut))(exchange)
  })
  return { answer, served }
}
