import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as zlib from "node:zlib"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import type { ByteReader } from "./ByteReader.ts"
import type { Damage } from "./Damage.ts"
import { chunkSize, type Engine, EngineRun } from "./EngineRun.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import { startsWith } from "../../../Bytes/startsWith.ts"

/** A format in which one stream of bytes becomes another. */
export interface StreamFormat {
  readonly name: string
  /** A decompressor, by the first two bytes of the data. */
  readonly engine: (first: Uint8Array) => Engine
  /** Whether the bytes behind the end of a part begin another, which belongs to the same file. */
  readonly isAnotherPart: (next: Uint8Array) => boolean
  /** Whether zero bytes may follow the end. */
  readonly mayBePadded: boolean
}

/**
 * RFC 1952. The engine reads all members of the file. Behind the last, zero bytes are padding, as for
 * gzip(1); anything else gzip(1) warns of and leaves out, but it may be a member whose first bytes are
 * damaged, and rows would be missing without a word: here it is an error.
 */
export const gzip: StreamFormat = {
  name: "gzip",
  engine: () => zlib.createGunzip({ chunkSize }),
  isAnotherPart: () => false,
  mayBePadded: true,
}

/** RFC 1950, 2.2: the method is deflate, and the first two bytes are a multiple of 31. */
const isZlib = (first: Uint8Array): boolean =>
  (first[0]! & 0x0f) === 8 && ((first[0]! << 8) | (first[1] ?? 0)) % 31 === 0

/** What HTTP calls deflate: RFC 1950, or, from servers that take the name at its word, bare RFC 1951. */
export const deflate: StreamFormat = {
  name: "deflate",
  engine: (first) =>
    isZlib(first) ? zlib.createInflate({ chunkSize }) : zlib.createInflateRaw({ chunkSize }),
  isAnotherPart: () => false,
  mayBePadded: false,
}

/** RFC 7932. */
export const brotli: StreamFormat = {
  name: "br",
  engine: () => zlib.createBrotliDecompress({ chunkSize }),
  isAnotherPart: () => false,
  mayBePadded: false,
}

/** RFC 8878, 3.1: a frame of data, or one to be skipped. */
const isZstdFrame = (first: Uint8Array): boolean =>
  startsWith(first, [0x28, 0xb5, 0x2f, 0xfd]) ||
  ((first[0]! & 0xf0) === 0x50 && startsWith(first, [0x2a, 0x4d, 0x18], 1))

/** RFC 8878. Windows up to 128 MiB, the library's limit: as large as those of `zstd --ultra`. */
export const zstd: StreamFormat = {
  name: "zstd",
  engine: () => zlib.createZstdDecompress({ chunkSize }),
  isAnotherPart: isZstdFrame,
  mayBePadded: false,
}

/** Takes the rest of the data, which has ended by its own account. */
const expectNothing = (
  input: ByteReader,
  format: StreamFormat,
  damage: Damage,
): Effect.Effect<void, LoadError> =>
  Effect.gen(function* () {
    while (true) {
      const start = input.position
      const chunk = yield* input.next
      if (chunk === null) return
      const at = format.mayBePadded ? chunk.findIndex((byte) => byte !== 0) : 0
      if (at !== -1)
        return yield* damage.corrupt(start + at, "the compressed data end there, and more follows")
    }
  })

/**
 * Decodes a file of one format, all of its parts. No bytes at all are an empty file: servers put a
 * `Content-Encoding` also to nothing.
 */
export const decodeStream = (
  format: StreamFormat,
  input: ByteReader,
  damage: Damage,
): Effect.Effect<NextChunk, never, Scope.Scope> =>
  Effect.suspend(() => {
    let run: EngineRun | null = null

    /** Begins the next part, if there is one. */
    const begin = Effect.gen(function* () {
      const first = yield* input.peek(input.position === 0 ? 2 : 4)
      if (first.length === 0) return
      if (input.position === 0 || format.isAnotherPart(first))
        run = new EngineRun(input, format.engine(first), damage)
      else yield* expectNothing(input, format, damage)
    })

    const next: NextChunk = Effect.suspend((): NextChunk => {
      if (run === null) return Effect.flatMap(begin, () => (run === null ? Effect.succeed(null) : next))
      return Effect.flatMap(run.next, (chunk) => {
        if (chunk !== null) return Effect.succeed(chunk)
        run = null
        return next
      })
    })
    return Effect.as(
      Effect.addFinalizer(() => Effect.sync(() => run?.close())),
      next,
    )
  })
