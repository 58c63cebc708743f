import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Stream from "effect/Stream"
import { usageError } from "../../CommandFailed.ts"
import { brokenOff } from "../../output/writeBytes.ts"
import { systemFailure } from "../../systemFailure.ts"

/** The file that a name stands for after all symbolic links, also if it does not exist yet. */
const linkedFile = (name: string): Effect.Effect<string, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    return yield* fs.realPath(name).pipe(
      Effect.catchIf(
        (error) => error.reason._tag === "NotFound",
        () =>
          Effect.all([fs.realPath(path.dirname(name)), fs.readLink(name)]).pipe(
            Effect.matchEffect({
              onFailure: () => Effect.succeed(name),
              onSuccess: ([folder, link]) => linkedFile(path.resolve(folder, link)),
            }),
          ),
      ),
    )
  })

/** Writes a file beside its place, and then moves it there, so that it is never there incomplete. */
export const writeFile = Effect.fnUntraced(
  function* <E>(name: string, bytes: Stream.Stream<Uint8Array, E>) {
    const fs = yield* FileSystem.FileSystem
    const { mode, type } = yield* Effect.match(fs.stat(name), {
      onFailure: () => ({ mode: 0o666, type: "File" as const }),
      onSuccess: (found) => found,
    })
    if (type === "Directory") return yield* usageError(`${name} is a folder: give the name of a file`)
    const unbroken = Stream.mapError(bytes, brokenOff)
    // Such as /dev/null, or a pipe, which cannot be written at a position.
    if (type !== "File") return yield* Stream.run(unbroken, fs.sink(name, { flag: "a" }))
    const target = yield* linkedFile(name)
    // Another export may write the same file at this moment, and the user may have a file of a fixed name.
    const part = `${target}.${globalThis.crypto.randomUUID().slice(-12)}.part`
    const file = yield* Effect.acquireRelease(fs.open(part, { flag: "wx", mode: mode & 0o777 }), (_, exit) =>
      Exit.isFailure(exit) ? Effect.ignore(fs.remove(part)) : Effect.void,
    )
    yield* Stream.runForEach(unbroken, (chunk) => file.writeAll(chunk))
    yield* fs.rename(part, target)
  },
  Effect.scoped,
  (effect, name) =>
    Effect.catchTag(effect, "PlatformError", (error) => Effect.fail(systemFailure("write", name)(error))),
)
