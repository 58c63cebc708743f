import { readFile, stat } from "node:fs/promises"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import { EmbeddedPostgresError, onFiles } from "./EmbeddedPostgresError.ts"

/** The unprivileged user a server started by root runs as, for Postgres refuses to run as root. */
export interface ServerUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

export const isRoot = (): boolean => process.getuid?.() === 0

/** Picks the user among those that exist: none is ever created. */
export const choose = Effect.gen(function* () {
  const accounts = (yield* onFiles("read /etc/passwd", () => readFile("/etc/passwd", "utf8")))
    .split("\n")
    .map((line) => line.split(":"))
  for (const name of ["postgres", "nobody"]) {
    const account = accounts.find((fields) => fields[0] === name)
    if (account !== undefined) return { name, uid: Number(account[2]), gid: Number(account[3]) }
  }
  return yield* new EmbeddedPostgresError({
    reason: "NoUser",
    message:
      "Postgres refuses to run as root, and this machine has neither a user postgres nor a user nobody. " +
      "Run as a plain user, or set DATABASE_URL.",
  })
})

/** Whether the user may enter `folder`, which exists, through all folders above it. */
export const canEnter = (user: ServerUser, folder: string): Effect.Effect<boolean, EmbeddedPostgresError> =>
  onFiles(`look at ${folder}`, async () => {
    for (let path = folder; ; path = dirname(path)) {
      if (!(await allows(user, path, 0o1))) return false
      if (path === dirname(path)) return true
    }
  })

/** Whether the mode of `path` grants the user all of `wanted`, bits of `rwx`. */
export const allows = async (user: ServerUser, path: string, wanted: number): Promise<boolean> => {
  const { mode, uid, gid } = await stat(path)
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
}
