import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import { contentCodings } from "../../src/Layers/source/decompress/CompressionFormat.ts"
import { decompress } from "../../src/Layers/source/decompress/decompress.ts"

interface UnpackingOptions {
  /** `Content-Encoding`, in the order in which it is undone. */
  readonly codings?: ReadonlyArray<string>
  /** Sizes of the pieces in which the bytes come, over and over. */
  readonly pieces?: ReadonlyArray<number>
  readonly endsWithConnection?: boolean
  readonly maxDecodedSize?: ByteSize.ByteSize
}

const cut = function* (bytes: Uint8Array, sizes: ReadonlyArray<number>) {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length]!
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** Bytes on their way through the decoders, as a server without a network would send them. */
export const unpacking = (
  source: Uint8Array | Stream.Stream<Uint8Array, LoadError>,
  options: UnpackingOptions = {},
) => {
  const bytes =
    source instanceof Uint8Array
      ? Stream.fromIterable(cut(source, options.pieces ?? [64 * 1024]), { chunkSize: 1 })
      : source
  return decompress({
    host: "files.example",
    bytes,
    codings: (options.codings ?? []).map((name) => contentCodings.get(name)!),
    endsWithConnection: options.endsWithConnection ?? false,
    received: () => 0,
    maxDecodedSize: options.maxDecodedSize ?? ByteSize.gibibytes(1),
  })
}

/** The whole file, and how it was compressed. */
export const unpack = (bytes: Uint8Array, options: UnpackingOptions = {}) =>
  Effect.gen(function* () {
    const file = unpacking(bytes, options)
    const chunks = yield* Stream.runCollect(file.bytes)
    return { body: Buffer.concat(chunks), compression: file.compression() }
  })
