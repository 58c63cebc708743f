import { chmod, lstat, mkdir } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { canEnter, type ServerUser } from "./ServerUser.ts"

const candidates = () => ["/var/lib/sluice", join(tmpdir(), "sluice")]

/**
 * A folder of root's that the server's user can enter, for what it cannot reach where it is. Others must not be
 * able to have put something there first: it is root's own or it is not used.
 */
export const find = Effect.fnUntraced(function* (user: ServerUser) {
  const refusals: Array<string> = []
  for (const folder of candidates()) {
    const refusal = yield* Effect.tryPromise({ try: () => prepare(folder), catch: String }).pipe(
      Effect.catch((message) => Effect.succeed(message)),
    )
    if (refusal === null && (yield* canEnter(user, folder))) return folder
    refusals.push(refusal ?? `user ${user.name} cannot enter ${folder}`)
  }
  return yield* new EmbeddedPostgresError({
    reason: "FolderUnusable",
    message: `No folder that user ${user.name} can reach: ${refusals.join("; ")}. Set DATABASE_URL instead.`,
  })
})

const prepare = async (folder: string): Promise<string | null> => {
  if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o755)
  const stats = await lstat(folder)
  return stats.isDirectory() && stats.uid === 0 ? null : `${folder} is not a folder of root's`
}
