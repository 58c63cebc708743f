import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import type { ByteReader } from "./ByteReader.ts"
import type { CompressionErrors } from "./CompressionErrors.ts"
import { brotli, decodeStream, deflate, gzip, type StreamFormat, zstd } from "./StreamFormat.ts"
import { decodeZip } from "./ZipArchive.ts"

/** A compression or archive format. */
export interface CompressionFormat {
  readonly name: string
  /**
   * @param limitSize adds the chunks to a total that is limited; for data that are decoded but not returned
   * @param zipEntry the file to decode from an archive; `null` for the only CSV file
   */
  readonly decode: (
    input: ByteReader,
    errors: CompressionErrors,
    limitSize: (next: NextChunk) => NextChunk,
    zipEntry: string | null,
  ) => Effect.Effect<NextChunk, never, Scope.Scope>
}

const stream = (format: StreamFormat): CompressionFormat => ({
  name: format.name,
  decode: (input, errors) => decodeStream(format, input, errors),
})

const gzipFormat = stream(gzip)
const zstdFormat = stream(zstd)
const zipFormat: CompressionFormat = { name: "zip", decode: decodeZip }

/** The supported content codings (RFC 9110, 8.4.1; RFC 7932; RFC 8878). */
export const contentCodings: ReadonlyMap<string, CompressionFormat> = new Map([
  ["gzip", gzipFormat],
  ["x-gzip", gzipFormat],
  ["deflate", stream(deflate)],
  ["br", stream(brotli)],
  ["zstd", zstdFormat],
])

const signatures: ReadonlyArray<readonly [CompressionFormat, ReadonlyArray<number>]> = [
  ...gzip.signatures.map((signature) => [gzipFormat, signature] as const),
  ...zstd.signatures.map((signature) => [zstdFormat, signature] as const),
  [zipFormat, [0x50, 0x4b, 0x03, 0x04]],
]

/**
 * Recognizes the format by the first bytes; `null` if they are not compressed. Peeks one byte at a time, so that a
 * short file from a slow source is not held up.
 */
export const detectFormat = Effect.fnUntraced(function* (input: ByteReader) {
  for (let count = 1; ; count++) {
    const first = yield* input.peek(count)
    const candidates = signatures.filter(([, signature]) =>
      first.every((byte, index) => byte === (signature[index] ?? byte)),
    )
    const match = candidates.find(([, signature]) => signature.length <= first.length)
    if (match !== undefined) return match[0]
    if (candidates.length === 0 || first.length < count) return null
  }
})
