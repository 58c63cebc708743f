import { execFile } from "node:child_process"
import { randomBytes, randomUUID } from "node:crypto"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import type { Binaries } from "./Binaries.ts"
import type { DataFolder } from "./DataFolder.ts"
import { EmbeddedPostgresError, ifPresent } from "./EmbeddedPostgresError.ts"
import { identityOf } from "./ServerUser.ts"

/** The superuser of an embedded cluster, and the database it connects to. */
const superuser = "postgres"

/** The embedded server has no TLS. */
export const connectionUrl = (password: Redacted.Redacted, port: number): Redacted.Redacted =>
  Redacted.make(
    `postgres://${superuser}:${Redacted.value(password)}@127.0.0.1:${port}/${superuser}?sslmode=disable`,
  )

/**
 * Creates the cluster if there is none, else checks the existing one; returns the superuser's password. `initdb`
 * writes to a draft that is renamed when complete, so a killed start leaves no half-made cluster.
 */
export const ensure = Effect.fnUntraced(function* (
  folder: DataFolder,
  binaries: Binaries,
  options: { readonly durable: boolean },
) {
  const fs = yield* FileSystem.FileSystem
  const entries = yield* ifPresent(fs.readDirectory(folder.cluster))
  const password = (yield* ifPresent(fs.readFileString(folder.passwordFile)))?.trim() ?? ""
  if (entries !== null && entries.length > 0) {
    yield* check(folder, binaries)
    if (password !== "") return Redacted.make(password)
    return yield* new EmbeddedPostgresError({
      reason: "FolderDamaged",
      message: `${folder.passwordFile}, the password of the database, is missing. Restore the file, or ${startOver(folder)}.`,
    })
  }
  const secret = password === "" ? yield* makePassword(folder) : password
  yield* create(folder, binaries, options)
  return Redacted.make(secret)
})

const startOver = (folder: DataFolder) =>
  `move ${folder.cluster} away to start with an empty database, or set DATA_DIR to another folder`

const check = Effect.fnUntraced(function* (folder: DataFolder, binaries: Binaries) {
  const fs = yield* FileSystem.FileSystem
  const version = (yield* ifPresent(fs.readFileString(join(folder.cluster, "PG_VERSION"))))?.trim()
  if (version === undefined) {
    return yield* new EmbeddedPostgresError({
      reason: "FolderDamaged",
      message: `${folder.cluster} is not a Postgres data directory (PG_VERSION is missing): ${startOver(folder)}.`,
    })
  }
  if (version !== binaries.version) {
    return yield* new EmbeddedPostgresError({
      reason: "WrongVersion",
      message:
        `${folder.cluster} was created by Postgres ${version}, and this is Postgres ${binaries.version}: ` +
        `dump the data with the old version, or ${startOver(folder)}.`,
    })
  }
})

const makePassword = Effect.fnUntraced(function* (folder: DataFolder) {
  const fs = yield* FileSystem.FileSystem
  const password = randomBytes(24).toString("base64url")
  const draft = `${folder.passwordFile}.${randomUUID()}`
  yield* fs.writeFileString(draft, `${password}\n`, { mode: 0o600, flag: "wx" })
  yield* giveToServer(folder, draft)
  yield* fs.rename(draft, folder.passwordFile)
  return password
})

const giveToServer = ({ user }: DataFolder, path: string) =>
  FileSystem.FileSystem.use((fs) => (user === null ? Effect.void : fs.chown(path, user.uid, user.gid)))

const create = Effect.fnUntraced(function* (
  folder: DataFolder,
  binaries: Binaries,
  options: { readonly durable: boolean },
) {
  const fs = yield* FileSystem.FileSystem
  yield* Effect.log(`Creating a Postgres ${binaries.version} cluster in ${folder.cluster}`)
  const draft = `${folder.cluster}.draft`
  // A killed start may have left a draft. No one else works on it: this process owns the folder.
  yield* fs.remove(draft, { recursive: true, force: true })
  yield* fs.makeDirectory(draft, { mode: 0o700 })
  yield* giveToServer(folder, draft)
  const failure = yield* runToEnd(folder, binaries.initdb, [
    `--pgdata=${draft}`,
    `--username=${superuser}`,
    `--pwfile=${folder.passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Built into the server, so independent of the locales of the machine.
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
  // An empty folder may be there; Windows cannot rename onto it.
  yield* fs.remove(folder.cluster, { recursive: true, force: true })
  yield* fs.rename(draft, folder.cluster)
})

/** Returns `null` on success, the program's output on failure. Interruption waits until the program has ended. */
const runToEnd = (folder: DataFolder, program: string, parameters: ReadonlyArray<string>) =>
  Effect.callback<string | null>((resume) => {
    const options = { cwd: folder.path, ...identityOf(folder.user) }
    const child = execFile(program, parameters, options, (error, stdout, stderr) =>
      resume(Effect.succeed(error && (stderr || stdout || error.message))),
    )
    return Effect.callback<void>((done) => {
      if (child.exitCode !== null || child.pid === undefined) return done(Effect.void)
      child.once("exit", () => done(Effect.void))
      child.kill("SIGTERM")
    })
  })
