import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as zlib from "node:zlib"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import { startsWith } from "../../../Bytes/startsWith.ts"
import { type ByteReader, drain } from "./ByteReader.ts"
import type { CompressionErrors } from "./CompressionErrors.ts"
import { isPadding, paddedWithBlanks } from "./GzipPadding.ts"
import { decodeInTurn } from "./decodeInTurn.ts"
import { chunkSize, type Zlib, zlibDecoder } from "./ZlibDecoder.ts"

/** A format that compresses one stream of bytes. */
export interface StreamFormat {
  readonly name: string
  /** How its data start, if files are recognized by it. */
  readonly signatures: ReadonlyArray<ReadonlyArray<number>>
  /** What may follow the data. Anything else is an error: it could be rows whose header is corrupt. */
  readonly mayFollow: "nothing" | "padding" | "another frame"
  /** @param first the first bytes of the data */
  readonly create: (first: Uint8Array) => Zlib
}

/** RFC 1952. Zlib itself reads all members of a file. Zero bytes after them are padding, as in gzip(1), and blanks too. */
export const gzip: StreamFormat = {
  name: "gzip",
  signatures: [[0x1f, 0x8b, 0x08]],
  mayFollow: "padding",
  create: () => zlib.createGunzip({ chunkSize }),
}

/** RFC 1950, 2.2: the method is deflate, and the first two bytes are a multiple of 31. */
const isZlib = (first: Uint8Array): boolean =>
  (first[0]! & 0x0f) === 8 && ((first[0]! << 8) | (first[1] ?? 0)) % 31 === 0

/** HTTP's "deflate" is RFC 1950, but some servers send RFC 1951 without its header. */
export const deflate: StreamFormat = {
  name: "deflate",
  signatures: [],
  mayFollow: "nothing",
  create: (first) =>
    isZlib(first) ? zlib.createInflate({ chunkSize }) : zlib.createInflateRaw({ chunkSize }),
}

/** RFC 7932. */
export const brotli: StreamFormat = {
  name: "br",
  signatures: [],
  mayFollow: "nothing",
  create: () => zlib.createBrotliDecompress({ chunkSize }),
}

/** How skippable frames of Zstandard start (RFC 8878, 3.1.2). */
const skippableFrames = Array.from({ length: 16 }, (_, n) => [0x50 + n, 0x2a, 0x4d, 0x18])

/** Skips frames without content, because a decoder for each would cost far more than its bytes. */
const skipFrames = Effect.fnUntraced(function* (input: ByteReader, errors: CompressionErrors) {
  while (true) {
    const head = yield* input.peek(8)
    if (head.length < 8 || !skippableFrames.some((start) => startsWith(head, start))) return
    yield* input.take(8)
    const size = new DataView(head.buffer, head.byteOffset).getUint32(4, true)
    if ((yield* drain(input.upTo(size))) < size) return yield* errors.truncated(input.position)
  }
})

/** RFC 8878. The library's limit for windows, 128 MiB, is enough for `zstd --ultra`. */
export const zstd: StreamFormat = {
  name: "zstd",
  signatures: [
    [0x28, 0xb5, 0x2f, 0xfd],
    // Parallel compressors start with one.
    ...skippableFrames,
  ],
  mayFollow: "another frame",
  create: () => zlib.createZstdDecompress({ chunkSize }),
}

/** Reads to the end. Fails if anything follows, except where the format allows padding. */
export const expectEnd = Effect.fnUntraced(function* (
  input: ByteReader,
  errors: CompressionErrors,
  allowPadding: boolean,
) {
  while (true) {
    const start = input.position
    const chunk = yield* input.next
    if (chunk === null) return
    const at = allowPadding ? chunk.findIndex((byte) => !isPadding(byte)) : 0
    if (at !== -1) return yield* errors.excess(start + at)
  }
})

/** Decodes all frames. No bytes at all are an empty file: servers set `Content-Encoding` on empty bodies too. */
export const decodeStream = (
  format: StreamFormat,
  input: ByteReader,
  errors: CompressionErrors,
): Effect.Effect<NextChunk, never, Scope.Scope> =>
  decodeInTurn(
    Effect.gen(function* () {
      if (format.mayFollow === "another frame") yield* skipFrames(input, errors)
      const first = yield* input.peek(4)
      if (first.length === 0) return null
      const isFrame =
        input.position === 0 ||
        (format.mayFollow === "another frame" &&
          format.signatures.some((signature) => startsWith(first, signature)))
      const isPadded = format.mayFollow === "padding"
      if (isFrame) {
        const isForeign = format.signatures.every((signature) =>
          first.some((byte, index) => byte !== (signature[index] ?? byte)),
        )
        if (isForeign && format.signatures.length > 0) return yield* errors.foreign()
        return zlibDecoder(
          input,
          format.create(first),
          errors,
          isPadded ? paddedWithBlanks(input) : undefined,
        )
      }
      yield* expectEnd(input, errors, isPadded)
      return null
    }),
  )
