import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"

const mebibyte = 1024 * 1024

/** Most bytes of a file, decompressed, that are looked at. Twice what detection looks at: UTF-16 is halved there. */
const longest = 2 * mebibyte + 128 * 1024

/** With so much there is enough to judge the columns by. */
const enough = mebibyte

/** The beginning of a file. */
export interface FilePrefix {
  /** Ends with the file; a longer file fails with `cut` behind its prefix. */
  readonly bytes: Stream.Stream<Uint8Array, LoadError>
  readonly cut: LoadError
  /** Bytes read so far. */
  readonly read: () => number
  readonly isEnough: () => boolean
}

/**
 * The first two megabytes of a file. They end with an error and not with an end, as a record that is cut there is
 * not the last one: whoever has met no record before is told by this error that it is too long.
 */
export const prefixOf = (bytes: Stream.Stream<Uint8Array, LoadError>): FilePrefix => {
  let read = 0
  const cut = loadError(
    "record_too_large",
    `No record ends in the first ${longest} bytes of the file, which are all that a preview reads. Say which delimiter and quote it has, or load it.`,
  )
  return {
    cut,
    read: () => read,
    isEnough: () => read >= enough,
    bytes: Stream.mapEffect(bytes, (chunk) =>
      Effect.suspend(() => {
        if (read >= longest) return Effect.fail(cut)
        read += chunk.length
        return Effect.succeed(chunk)
      }),
    ),
  }
}
