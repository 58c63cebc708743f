import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Stdio from "effect/Stdio"
import { usageError } from "./CommandFailed.ts"

/** A file of this machine, or standard input for `-`. Its size is `null` if only its end tells it. */
export const openFile = Effect.fnUntraced(function* (name: string) {
  if (name === "-") return { bytes: (yield* Stdio.Stdio).stdin, fileName: null, size: null }
  const fs = yield* FileSystem.FileSystem
  const { basename } = yield* Path.Path
  const { size, type } = yield* Effect.mapError(fs.stat(name), ({ reason }) =>
    usageError(
      reason._tag === "NotFound"
        ? `there is no file ${name}. Give a path, - for standard input, or a URL with http:// or https://.`
        : `${name} cannot be read: ${reason.message}`,
    ),
  )
  if (type === "Directory") return yield* usageError(`${name} is a folder: give one file`)
  return {
    bytes: fs.stream(name, { chunkSize: 256 * 1024 }),
    fileName: basename(name),
    size: type === "File" ? Number(size) : null,
  }
})
