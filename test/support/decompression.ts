import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import { contentCodings } from "../../src/Layers/source/decompress/CompressionFormat.ts"
import { type CompressedFile, decompress } from "../../src/Layers/source/decompress/decompress.ts"

interface DecompressionOptions {
  /** Content codings, outermost first. */
  readonly codings?: ReadonlyArray<string>
  /** Sizes of the chunks that arrive, repeated. */
  readonly pieces?: ReadonlyArray<number>
  readonly zipEntry?: string
  readonly endsWithConnection?: boolean
  readonly maxDecodedSize?: ByteSize.ByteSize
  readonly expansion?: CompressedFile["expansion"]
}

const cut = function* (bytes: Uint8Array, sizes: ReadonlyArray<number>) {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length]!
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** Decompresses bytes as if a server had sent them. */
export const decompressed = (
  source: Uint8Array | Stream.Stream<Uint8Array, LoadError>,
  options: DecompressionOptions = {},
) => {
  const bytes =
    source instanceof Uint8Array
      ? Stream.fromIterable(cut(source, options.pieces ?? [64 * 1024]), { chunkSize: 1 })
      : source
  let received = 0
  return decompress({
    host: "files.example",
    bytes: Stream.map(bytes, (chunk) => {
      received += chunk.length
      return chunk
    }),
    codings: (options.codings ?? []).map((name) => contentCodings.get(name)!),
    zipEntry: options.zipEntry ?? null,
    endsWithConnection: options.endsWithConnection ?? false,
    received: () => received,
    maxDecodedSize: options.maxDecodedSize ?? ByteSize.gibibytes(1),
    expansion: options.expansion ?? { ratio: 1000, beyond: ByteSize.gigabytes(1) },
  })
}

/** Decompresses a whole file. */
export const decompressAll = Effect.fnUntraced(function* (
  bytes: Uint8Array,
  options: DecompressionOptions = {},
) {
  const file = decompressed(bytes, options)
  const chunks = yield* Stream.runCollect(file.bytes)
  return { body: Buffer.concat(chunks), compression: file.compression() }
})
