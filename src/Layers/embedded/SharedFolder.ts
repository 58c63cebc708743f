import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { canEnter, type ServerUser } from "./ServerUser.ts"

/**
 * A folder owned by root that the server's user can enter, for files it cannot reach where they are. A folder
 * owned by anyone else is refused: that user could have planted files in it.
 */
export const find = Effect.fnUntraced(function* (user: ServerUser) {
  const refusals: Array<string> = []
  for (const folder of ["/var/lib/sluice", join(tmpdir(), "sluice")]) {
    const refusal = yield* prepare(folder).pipe(Effect.catch((error) => Effect.succeed(String(error.cause))))
    if (refusal === null && (yield* canEnter(user, folder))) return folder
    refusals.push(refusal ?? `user ${user.name} cannot enter ${folder}`)
  }
  return yield* new EmbeddedPostgresError({
    reason: "FolderUnusable",
    message: `No folder that user ${user.name} can reach: ${refusals.join("; ")}. Set DATABASE_URL instead.`,
  })
})

const prepare = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.makeDirectory(dirname(folder), { recursive: true })
  yield* fs.makeDirectory(folder).pipe(
    Effect.andThen(fs.chmod(folder, 0o755)),
    Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.void),
  )
  const { type, uid } = yield* fs.lstat(folder)
  return type === "Directory" && Option.contains(uid, 0) ? null : `${folder} is not a folder owned by root`
})
