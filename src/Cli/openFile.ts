import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { usageError } from "./CommandFailed.ts"
import { systemFailure } from "./systemFailure.ts"

/** A file of this machine, or standard input for `-`. Its size is `null` if it is known only at the end. */
export const openFile = Effect.fnUntraced(function* (name: string) {
  if (name === "-")
    return {
      bytes: Stream.mapError((yield* Stdio.Stdio).stdin, systemFailure("read", "standard input")),
      fileName: null,
      size: null,
    }
  const fs = yield* FileSystem.FileSystem
  const { basename } = yield* Path.Path
  const { size, type } = yield* Effect.mapError(fs.stat(name), (error) =>
    error.reason._tag === "NotFound"
      ? usageError(
          `there is no file ${name}. Give a path, - for standard input, or a URL with http:// or https://.`,
        )
      : systemFailure("read", name)(error),
  )
  if (type === "Directory") return yield* usageError(`${name} is a folder: give one file`)
  return {
    bytes: Stream.mapError(fs.stream(name, { chunkSize: 256 * 1024 }), systemFailure("read", name)),
    fileName: basename(name),
    size: type === "File" ? Number(size) : null,
  }
})
