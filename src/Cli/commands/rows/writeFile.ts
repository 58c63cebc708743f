import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Stream from "effect/Stream"
import { usageError } from "../../CommandFailed.ts"
import { brokenOff } from "../../output/writeBytes.ts"

const notWritable = (name: string) => (error: PlatformError) =>
  usageError(`${name} cannot be written: ${error.reason.message}`)

/** Writes a file beside its place, and then moves it there, so that it is never there incomplete. */
export const writeFile = Effect.fnUntraced(function* <E>(name: string, bytes: Stream.Stream<Uint8Array, E>) {
  const fs = yield* FileSystem.FileSystem
  const write = (to: string) =>
    Stream.run(Stream.mapError(bytes, brokenOff), fs.sink(to)).pipe(
      Effect.catchTag("PlatformError", (error) => Effect.fail(notWritable(to)(error))),
    )
  const type = yield* Effect.match(fs.stat(name), {
    onFailure: () => "File" as const,
    onSuccess: (found) => found.type,
  })
  if (type === "Directory") return yield* usageError(`${name} is a folder: give the name of a file`)
  // Such as /dev/null, or a pipe.
  if (type !== "File") return yield* write(name)
  const part = `${name}.part`
  return yield* write(part).pipe(
    Effect.andThen(Effect.mapError(fs.rename(part, name), notWritable(name))),
    Effect.onError(() => Effect.ignore(fs.remove(part))),
  )
})
