import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { chunkwise, type NextChunk } from "../../../Bytes/NextChunk.ts"
import { ByteReader } from "./ByteReader.ts"
import { type CompressionFormat, detectFormat } from "./CompressionFormat.ts"
import { compressionErrors } from "./CompressionErrors.ts"

/** Most layers that are detected by their first bytes. A `.csv.gz` in a ZIP archive has two. */
const maxDetectedLayers = 3

/** A file that may be compressed. */
export interface CompressedFile {
  readonly host: string
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** Content codings of the response, outermost first. */
  readonly codings: ReadonlyArray<CompressionFormat>
  /** Name or pattern of the file in an archive; `null` for the only CSV file. */
  readonly zipEntry: string | null
  /** Whether closing the connection is the only end of `bytes`. */
  readonly endsWithConnection: boolean
  /** Bytes received so far. */
  readonly received: () => number
  /** Limit for the result, and for the result of each layer. */
  readonly maxDecodedSize: ByteSize.ByteSize
  /** How many times the received bytes the result of each layer may have, once it has more than `beyond`. */
  readonly expansion: { readonly ratio: number; readonly beyond: ByteSize.ByteSize }
}

/** A file without its compression. */
export interface DecompressedFile {
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  /** The layers so far, outermost first: `gzip`, `zip+gzip`; `null` if there are none. */
  readonly compression: () => string | null
}

/**
 * Undoes the content codings, then every compression that the first bytes show. Each layer works on one chunk at a time
 * and pulls the next when its output has been read.
 *
 * Besides the errors of `bytes`, fails with `corrupt_compression`, `unsupported_compression`, `source_interrupted`,
 * `source_too_large`, or `not_csv` for an archive without exactly one CSV file.
 */
export const decompress = (file: CompressedFile): DecompressedFile => {
  const layers: Array<string> = []

  const maxDecodedSize = Number(file.maxDecodedSize)
  const floor = Number(file.expansion.beyond)
  const { beyond, ratio } = file.expansion
  const tooLarge = (format: string, limit: string) =>
    loadError(
      "source_too_large",
      `The first ${file.received()} bytes of the ${format} data at ${file.host} decompress to more than ${limit}. ` +
        "If the file is really so large, split it, or ask the operator.",
    )

  /** The limit that a layer of this size exceeds, or `null`. */
  const exceeded = (size: number): string | null => {
    if (size > maxDecodedSize) return `MAX_DECODED_SIZE (${ByteSize.format(file.maxDecodedSize)})`
    return size > floor && size > file.received() * ratio
      ? `${ratio} times as many, which is MAX_EXPANSION (for more than ${ByteSize.format(beyond)})`
      : null
  }

  /** Limits the total size of the chunks that come out of one layer. */
  const sizeLimit = (format: string) => {
    let size = 0
    return (next: NextChunk): NextChunk =>
      Effect.flatMap(next, (chunk) => {
        size += chunk?.length ?? 0
        const limit = exceeded(size)
        return limit === null ? Effect.succeed(chunk) : Effect.fail(tooLarge(format, limit))
      })
  }

  const decode = Effect.fnUntraced(function* (
    input: ByteReader,
    { name, decode }: CompressionFormat,
    declaredBy: "Content-Encoding" | null,
  ) {
    // An inner layer that is truncated is no broken download: the outer one was complete.
    const errors = compressionErrors(
      file.host,
      name,
      declaredBy,
      file.endsWithConnection && layers.length === 0,
    )
    const limitSize = sizeLimit(name)
    layers.push(name)
    return new ByteReader(limitSize(yield* decode(input, errors, limitSize, file.zipEntry)))
  })

  const open = Effect.gen(function* () {
    let input = new ByteReader(chunkwise(yield* Stream.toPull(file.bytes)))
    for (const coding of file.codings) input = yield* decode(input, coding, "Content-Encoding")
    for (let detected = 0; detected < maxDetectedLayers; detected++) {
      const format = yield* detectFormat(input)
      if (format === null) break
      input = yield* decode(input, format, null)
    }
    return input
  })

  return {
    bytes: Stream.scoped(
      Stream.fromPull(
        Effect.map(open, ({ next }) =>
          Effect.flatMap(next, (chunk) => (chunk === null ? Cause.done() : Effect.succeed([chunk] as const))),
        ),
      ),
    ),
    compression: () => (layers.length === 0 ? null : layers.join("+")),
  }
}
