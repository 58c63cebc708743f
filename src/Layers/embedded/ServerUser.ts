import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

/** The unprivileged user that runs the server when Sluice is started as root: Postgres refuses to run as root. */
export interface ServerUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

export const isRoot = (): boolean => process.getuid?.() === 0

/** Picks one of the existing users; never creates one. */
export const choose = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const accounts = (yield* fs.readFileString("/etc/passwd")).split("\n").map((line) => line.split(":"))
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

/** Whether the user may enter `folder`, which exists, and all folders above it. */
export const canEnter = Effect.fnUntraced(function* (user: ServerUser, folder: string) {
  for (let path = folder; ; path = dirname(path)) {
    if (!(yield* allows(user, path, 0o1))) return false
    if (path === dirname(path)) return true
  }
})

/** Whether the mode of `path` grants the user all of `wanted`, bits of `rwx`. */
export const allows = Effect.fnUntraced(function* (user: ServerUser, path: string, wanted: number) {
  const fs = yield* FileSystem.FileSystem
  const { gid, mode, uid } = yield* fs.stat(path)
  const shift = Option.contains(uid, user.uid) ? 6 : Option.contains(gid, user.gid) ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
})

/** Options of `node:child_process` to run as the user. Effect's `ChildProcess` has no such option. */
export const identityOf = (user: ServerUser | null): { readonly uid?: number; readonly gid?: number } =>
  user === null ? {} : { uid: user.uid, gid: user.gid }
