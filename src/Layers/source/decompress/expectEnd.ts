import * as Effect from "effect/Effect"
import type { ByteReader } from "./ByteReader.ts"
import type { CompressionErrors } from "./CompressionErrors.ts"

/** Reads to the end. Fails if anything follows, except zero bytes where the format allows padding. */
export const expectEnd = Effect.fnUntraced(function* (
  input: ByteReader,
  errors: CompressionErrors,
  allowPadding: boolean,
) {
  while (true) {
    const start = input.position
    const chunk = yield* input.next
    if (chunk === null) return
    const at = allowPadding ? chunk.findIndex((byte) => byte !== 0) : 0
    if (at !== -1) return yield* errors.corrupt(start + at, "the compressed data end there, but more follows")
  }
})
