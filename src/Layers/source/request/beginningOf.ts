import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"

/** Bytes of the body of an error. */
const maxBytes = 8192

/** The beginning of a response's text, or as much of it as arrives within a second. */
export const beginningOf = (response: HttpClientResponse): Effect.Effect<string> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  return response.stream.pipe(
    Stream.takeUntil((chunk) => {
      chunks.push(chunk)
      size += chunk.length
      return size >= maxBytes
    }),
    Stream.runDrain,
    Effect.timeout("1 second"),
    Effect.ignore,
    Effect.map(() => new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes))),
  )
}
