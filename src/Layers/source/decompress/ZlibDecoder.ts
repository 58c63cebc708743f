import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Predicate from "effect/Predicate"
import type { Transform } from "node:stream"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"
import { joinBytes } from "../../../Bytes/joinBytes.ts"
import { noBytes } from "../../../Bytes/noBytes.ts"
import type { ByteReader } from "./ByteReader.ts"
import type { CompressionErrors } from "./CompressionErrors.ts"
import { type DecoderInput, isPadding, unpadded } from "./GzipPadding.ts"

/** Decoded data. */
export interface Decoder {
  readonly next: NextChunk
  /** Frees the decoder, at the latest when zlib's thread is done with the current chunk. */
  readonly close: () => void
}

/** A decompression stream of node:zlib. */
export interface Zlib extends Transform {
  /** Bytes of input used, not counting those after the end of the compressed data. */
  readonly bytesWritten: number
}

/**
 * Size of zlib's output chunks. Measured: 64 KiB is a quarter slower, 256 KiB hardly faster. Must not be less than the
 * stream's own buffer (`getDefaultHighWaterMark`), so that zlib stops after each chunk until it has been read.
 */
export const chunkSize = 128 * 1024

/** Whether something other than a member follows a gzip member. zlib has no own code for it. */
const isHeaderError = (error: Error): boolean => error.message === "incorrect header check"

/** Length of the text at the end of the bytes. */
const trailingText = (bytes: Uint8Array): number =>
  bytes.length - 1 - bytes.findLastIndex((byte) => byte > 0x7e || (byte < 0x20 && !isPadding(byte)))

const zlibError = (error: Error, offset: number, errors: CompressionErrors): LoadError => {
  const code = Predicate.hasProperty(error, "code") ? String(error.code) : ""
  if (/^(?:Z_MEM_ERROR|ZSTD_error_memory_allocation)$|_ALLOC_/.test(code)) return errors.outOfMemory()
  switch (code) {
    case "Z_BUF_ERROR":
      return errors.truncated(offset)
    case "Z_NEED_DICT":
    case "ZSTD_error_dictionary_wrong":
      return errors.unsupported("they need a dictionary", "Compress the file without one.")
    case "ZSTD_error_frameParameter_windowTooLarge":
      return errors.unsupported(
        "they need a window of more than 128 MiB",
        "Compress the file without --long, or with --long=27.",
      )
    default:
      return errors.corrupt(offset, error.message)
  }
}

/**
 * Decodes compressed data up to their own end and leaves the bytes after it in `input`. Unlike Node's pipes, it knows
 * where the data end and where they are corrupt. Zlib gets the next chunk only when all output of the last was read.
 *
 * @param source the bytes of `input`, which can hold back padding
 */
export const zlibDecoder = (
  input: ByteReader,
  zlib: Zlib,
  errors: CompressionErrors,
  source: DecoderInput = unpadded(input),
): Decoder => {
  const start = input.position
  /** Opens when zlib has output, wants input, or has ended. */
  const event = Latch.makeUnsafe()
  let written: Uint8Array = noBytes
  let isBusy = false
  let isEnded = false
  let failure: LoadError | null = null

  const consumed = () => start + zlib.bytesWritten
  zlib.on("readable", () => event.openUnsafe())
  zlib.on("end", () => {
    isEnded = true
    event.openUnsafe()
  })
  zlib.on("error", (error) => {
    if (isHeaderError(error) && source.isTail()) isEnded = true
    else if (isHeaderError(error))
      failure = errors.excess(consumed() + written.length - trailingText(written))
    else failure = zlibError(error, Math.min(consumed(), input.position), errors)
    event.openUnsafe()
  })

  const feed = Effect.map(source.next, (chunk) => {
    isBusy = true
    if (chunk === null) {
      zlib.end()
      return
    }
    written = chunk
    zlib.write(chunk, () => {
      isBusy = false
      event.openUnsafe()
    })
  })

  const next: NextChunk = Effect.suspend((): NextChunk => {
    event.closeUnsafe()
    if (failure !== null) return Effect.fail(failure)
    const chunk: Uint8Array | null = zlib.read()
    if (chunk !== null) return Effect.succeed(chunk)
    if (isEnded) {
      const unused = input.position - consumed()
      if (unused < 0) return Effect.fail(errors.truncated(input.position))
      const rest = joinBytes(written, source.held())
      input.unread(rest.subarray(rest.length - unused))
      zlib.destroy()
      return Effect.succeed(null)
    }
    return Effect.flatMap(isBusy ? event.await : feed, () => next)
  })

  return { next, close: () => zlib.destroy() }
}
