import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { OutgoingHttpHeaders } from "node:http"
import type { OpenedSource } from "../../src/Domain/source/CsvSource.ts"
import type { Answer, ClientGone, CsvServer, Exchange } from "./CsvServer.ts"
import { open } from "./FetchedSource.ts"

/** The file of these downloads. The first connection delivers `begun`. */
export const whole = "a,b\n1,2\n3,4\n"
export const begun = "a,b\n1"
export const offset = begun.length
export const version = { etag: '"v1"' }

/** Headers of a correct 206 with the rest. */
export const part = { ...version, "content-range": `bytes ${offset}-${whole.length - 1}/${whole.length}` }

/** Headers to add or replace. `undefined` removes one. */
export type Changes = Readonly<Record<string, string | number | undefined>>

const headersOf = (defaults: OutgoingHttpHeaders, changes: Changes): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries({ ...defaults, ...changes }).filter(([, value]) => value !== undefined))

/** Sends the start of the file and leaves the connection open. */
export const beginning =
  (headers: Changes = version): Answer =>
  (exchange) =>
    Effect.andThen(
      exchange.head(200, headersOf({ "content-length": whole.length }, headers)),
      exchange.send(begun),
    )

/** Sends the rest of the file, with some headers changed. */
export const rest =
  (changes: Changes = {}, body = whole.slice(offset)): Answer =>
  (exchange) =>
    Effect.all(
      [
        exchange.head(206, headersOf({ "content-length": body.length, ...part }, changes)),
        exchange.send(body),
        exchange.end,
      ],
      { discard: true },
    )

/** Uses one answer per request, and the last one for all further requests. */
export const inTurn = (...answers: ReadonlyArray<Answer>): Answer => {
  let turn = 0
  return (exchange) => answers[Math.min(turn++, answers.length - 1)]!(exchange)
}

/** A complete download. */
interface Downloaded {
  readonly text: string
  readonly source: OpenedSource
}

/**
 * Reads a file, and breaks its first connection after `begun`.
 *
 * @param options.path the path after redirects, if it differs from that of the URL
 */
export const download = Effect.fnUntraced(function* (
  server: CsvServer,
  url: string,
  options: {
    readonly path?: string
    readonly breakOff?: (first: Exchange) => Effect.Effect<void, ClientGone>
    readonly onText?: (text: string) => void
  } = {},
) {
  const source = yield* open(server.url(url))
  const first = yield* server.request(options.path ?? url)
  let text = ""
  yield* Stream.runForEach(source.bytes, (chunk) => {
    const isFirst = text === ""
    text += Buffer.from(chunk).toString()
    options.onText?.(text)
    return isFirst ? (options.breakOff ?? ((exchange) => exchange.cut))(first) : Effect.void
  })
  const downloaded: Downloaded = { text, source }
  return downloaded
}, Effect.scoped)
