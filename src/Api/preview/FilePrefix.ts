import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"

const mebibyte = 1024 * 1024

/** Bytes of the decompressed file that a preview reads. Twice what detection reads, because UTF-16 shrinks by half. */
const maxBytes = 2 * mebibyte + 128 * 1024

/** Enough to infer the types of the columns. */
const enoughBytes = mebibyte

/** The beginning of a file. */
export interface FilePrefix {
  /** Ends with the file, or fails with `cut` after the prefix of a longer file. */
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  readonly cut: LoadError
  /** Bytes read so far. */
  readonly read: () => number
  readonly isEnough: () => boolean
}

/**
 * The first two megabytes of a file. They fail at the limit instead of ending, so that a record cut there is not taken
 * for the last record of the file.
 */
export const prefixOf = (bytes: Stream.Stream<Uint8Array, LoadError>): FilePrefix => {
  let read = 0
  const cut = loadError(
    "record_too_large",
    `No record ends in the first ${maxBytes} bytes of the file, and a preview reads no more. Give the delimiter and the quote, or load the file.`,
  )
  return {
    cut,
    read: () => read,
    isEnough: () => read >= enoughBytes,
    bytes: Stream.mapEffect(bytes, (chunk) =>
      Effect.suspend(() => {
        if (read >= maxBytes) return Effect.fail(cut)
        read += chunk.length
        return Effect.succeed(chunk)
      }),
    ),
  }
}
