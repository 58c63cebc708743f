import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import type { ByteReader } from "./ByteReader.ts"
import type { Damage } from "./Damage.ts"
import type { DecodedSize } from "./DecodedSize.ts"
import { brotli, decodeStream, deflate, gzip, type StreamFormat, zstd } from "./StreamFormat.ts"
import { decodeZip } from "./ZipArchive.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"

/** A way in which a file is packed. */
export interface Packing {
  readonly name: string
  readonly decode: (
    input: ByteReader,
    damage: Damage,
    size: DecodedSize,
  ) => Effect.Effect<NextChunk, never, Scope.Scope>
}

const stream = (format: StreamFormat): Packing => ({
  name: format.name,
  decode: (input, damage) => decodeStream(format, input, damage),
})

const gzipPacking = stream(gzip)
const zstdPacking = stream(zstd)
const zip: Packing = { name: "zip", decode: decodeZip }

/** The content codings that are decoded, by name (RFC 9110, 8.4.1; RFC 7932; RFC 8878). */
export const contentCodings: ReadonlyMap<string, Packing> = new Map([
  ["gzip", gzipPacking],
  ["x-gzip", gzipPacking],
  ["deflate", stream(deflate)],
  ["br", stream(brotli)],
  ["zstd", zstdPacking],
])

/** How packed files begin: for each byte its value, or what is allowed. */
const beginnings: ReadonlyArray<readonly [Packing, ReadonlyArray<number | ((byte: number) => boolean)>]> = [
  // RFC 1952, 2.3: two bytes of identification, and deflate, the only method there is.
  [gzipPacking, [0x1f, 0x8b, 0x08]],
  [zstdPacking, [0x28, 0xb5, 0x2f, 0xfd]],
  // A frame to be skipped, with which tools that write many frames at a time begin.
  [zstdPacking, [(byte) => byte >> 4 === 5, 0x2a, 0x4d, 0x18]],
  [zip, [0x50, 0x4b, 0x03, 0x04]],
]

/**
 * How the bytes are packed, told by the first of them; `null` if they are not. Looks no further ahead than it
 * has to: one byte that begins none of the signatures is enough.
 */
export const packingOf = (input: ByteReader): Effect.Effect<Packing | null, LoadError> =>
  Effect.gen(function* () {
    for (let count = 1; ; count++) {
      const first = yield* input.peek(count)
      const left = beginnings.filter(([, signature]) =>
        first.every((byte, index) => {
          const wanted = signature[index]
          return wanted === undefined || (typeof wanted === "number" ? byte === wanted : wanted(byte))
        }),
      )
      const found = left.find(([, signature]) => signature.length <= first.length)
      if (found !== undefined) return found[0]
      if (left.length === 0 || first.length < count) return null
    }
  })
