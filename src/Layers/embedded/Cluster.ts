import { execFile } from "node:child_process"
import { randomBytes, randomUUID } from "node:crypto"
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Binaries } from "./Binaries.ts"
import { clusterEntries, type DataFolder } from "./DataFolder.ts"
import { EmbeddedPostgresError, ifPresent, onFiles } from "./EmbeddedPostgresError.ts"

/** The superuser of an embedded cluster, and the database it connects to. */
export const superuser = "postgres"

/**
 * Makes the cluster when there is none, checks the one there is otherwise; answers the superuser's password.
 * `initdb` works on a draft that gets its name when complete: a start that is killed leaves nothing half done.
 */
export const ensure = Effect.fnUntraced(function* (
  folder: DataFolder,
  binaries: Binaries,
  options: { readonly durable: boolean },
) {
  const entries = yield* clusterEntries(folder)
  const password = yield* readPassword(folder)
  if (entries !== null && entries.length > 0) {
    yield* check(folder, binaries)
    if (password !== null) return Redacted.make(password)
    return yield* new EmbeddedPostgresError({
      reason: "FolderDamaged",
      message: `${folder.passwordFile} is missing, and with it the way into the database. Restore the file, or ${startAfresh(folder)}.`,
    })
  }
  const secret = password ?? (yield* makePassword(folder))
  yield* create(folder, binaries, options)
  return Redacted.make(secret)
})

const startAfresh = (folder: DataFolder) =>
  `move ${folder.cluster} away to start afresh, or set DATA_DIR to another folder`

const check = Effect.fnUntraced(function* (folder: DataFolder, binaries: Binaries) {
  const file = join(folder.cluster, "PG_VERSION")
  const version = yield* onFiles(`read ${file}`, () => ifPresent(() => readFile(file, "utf8")))
  if (version === null) {
    return yield* new EmbeddedPostgresError({
      reason: "FolderDamaged",
      message: `${folder.cluster} is not a Postgres data directory (PG_VERSION is missing): ${startAfresh(folder)}.`,
    })
  }
  if (version.trim() !== binaries.version) {
    return yield* new EmbeddedPostgresError({
      reason: "WrongVersion",
      message:
        `${folder.cluster} was made by Postgres ${version.trim()}, and this is Postgres ${binaries.version}: ` +
        `dump the data with the old version, or ${startAfresh(folder)}.`,
    })
  }
})

const readPassword = (folder: DataFolder) =>
  onFiles(`read ${folder.passwordFile}`, async () => {
    const text = await ifPresent(() => readFile(folder.passwordFile, "utf8"))
    return text === null || text.trim() === "" ? null : text.trim()
  })

const makePassword = (folder: DataFolder) =>
  onFiles(`write ${folder.passwordFile}`, async () => {
    const password = randomBytes(24).toString("base64url")
    const draft = `${folder.passwordFile}.${randomUUID()}`
    await writeFile(draft, `${password}\n`, { mode: 0o600, flag: "wx" })
    await giveToServer(folder, draft)
    await rename(draft, folder.passwordFile)
    return password
  })

const giveToServer = async ({ user }: DataFolder, path: string) => {
  if (user !== null) await chown(path, user.uid, user.gid)
}

const create = Effect.fnUntraced(function* (
  folder: DataFolder,
  binaries: Binaries,
  options: { readonly durable: boolean },
) {
  yield* Effect.log(`Creating a Postgres ${binaries.version} cluster in ${folder.cluster}`)
  const draft = `${folder.cluster}.draft`
  // Left by a start that was killed: this process owns the folder, so nobody works on it.
  yield* onFiles(`make ${draft}`, async () => {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { mode: 0o700 })
    await giveToServer(folder, draft)
  })
  const failure = yield* runToEnd(folder, binaries.initdb, [
    `--pgdata=${draft}`,
    `--username=${superuser}`,
    `--pwfile=${folder.passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Built into the server, so the same on every machine whatever locales it has.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    ...(options.durable ? [] : ["--no-sync"]),
  ])
  if (failure !== null) {
    return yield* new EmbeddedPostgresError({
      reason: "InitFailed",
      message: `Postgres could not create its data directory ${folder.cluster}:\n${failure}`,
    })
  }
  yield* onFiles(`name ${basename(draft)}`, async () => {
    const leftover = await ifPresent(() => readdir(folder.cluster))
    // Windows does not rename onto an empty folder.
    if (leftover !== null) await rm(folder.cluster, { recursive: true })
    await rename(draft, folder.cluster)
  })
})

/** Answers `null` on success, what the program wrote otherwise. Interruption waits for its end. */
const runToEnd = (folder: DataFolder, program: string, parameters: ReadonlyArray<string>) =>
  Effect.callback<string | null>((resume) => {
    const identity = folder.user === null ? {} : { uid: folder.user.uid, gid: folder.user.gid }
    const child = execFile(
      program,
      parameters,
      { cwd: folder.path, ...identity },
      (error, stdout, stderr) => {
        resume(
          Effect.succeed(
            error === null ? null : [stderr, stdout, error.message].find((text) => text !== "")!,
          ),
        )
      },
    )
    return Effect.callback<void>((done) => {
      if (child.exitCode !== null || child.pid === undefined) return done(Effect.void)
      child.once("exit", () => done(Effect.void))
      child.kill("SIGTERM")
    })
  })
