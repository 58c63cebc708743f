import { createHash } from "node:crypto"
import { dirname, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import { EmbeddedPostgresError, ifPresent } from "./EmbeddedPostgresError.ts"
import * as ServerUser from "./ServerUser.ts"
import * as SharedFolder from "./SharedFolder.ts"

/** The folder of an embedded Postgres, and the files in it. */
export interface DataFolder {
  readonly path: string
  /** Postgres's data directory. */
  readonly cluster: string
  readonly passwordFile: string
  readonly ownerFile: string
  /** The server's log since its latest start. */
  readonly logFile: string
  /** The log of the run before. */
  readonly previousLogFile: string
  /** The user to run the server as; `null` for this process's user. */
  readonly user: ServerUser.ServerUser | null
}

/**
 * Finds the folder for `dataDir`. If the server has to run as another user who cannot reach `dataDir`, the data is kept in
 * a folder that user can reach, the same one on every run.
 */
export const locate = Effect.fnUntraced(function* (dataDir: string) {
  const wanted = resolve(dataDir)
  const candidate = ServerUser.isRoot() ? yield* ownerOf(wanted, yield* ServerUser.choose) : null
  const path = candidate === null ? wanted : yield* reachable(wanted, candidate)
  const user = candidate === null ? null : yield* ownerOf(path, candidate)
  return {
    path,
    cluster: join(path, "postgres"),
    passwordFile: join(path, "password"),
    ownerFile: join(path, "owner.json"),
    logFile: join(path, "postgres.log"),
    previousLogFile: join(path, "postgres.1.log"),
    user,
  } satisfies DataFolder
})

/** Finds the folder for `dataDir` and creates it. */
export const open = Effect.fnUntraced(function* (dataDir: string) {
  const folder = yield* locate(dataDir)
  if (folder.path !== resolve(dataDir))
    yield* Effect.log(
      `Postgres runs as the user ${folder.user?.name}, which cannot reach ${resolve(dataDir)}: its data is kept in ${folder.path}`,
    )
  yield* create(folder.path, folder.user)
  if (folder.user === null) yield* refuseOthersCluster(folder)
  return folder
})

const stat = (path: string) => FileSystem.FileSystem.use((fs) => ifPresent(fs.stat(path)))

const uidOf = (stats: FileSystem.File.Info): number => Option.getOrElse(stats.uid, () => 0)

/** Postgres runs only as the owner of its data, so an existing cluster decides which user runs it. */
const ownerOf = Effect.fnUntraced(function* (path: string, otherwise: ServerUser.ServerUser) {
  const cluster = yield* stat(join(path, "postgres"))
  if (cluster === null) return otherwise
  const uid = uidOf(cluster)
  return uid === 0 || uid === otherwise.uid
    ? otherwise
    : { name: `of uid ${uid}`, uid, gid: Option.getOrElse(cluster.gid, () => 0) }
})

/** `wanted` if the user can enter it, else a folder of its own in the shared folder. */
const reachable = Effect.fnUntraced(function* (wanted: string, user: ServerUser.ServerUser) {
  const [firstMissing] = yield* missingFolders(wanted)
  const existing = firstMissing === undefined ? wanted : dirname(firstMissing)
  if (yield* ServerUser.canEnter(user, existing)) return wanted
  if ((yield* stat(join(wanted, "postgres"))) !== null) {
    return yield* unusable(
      `Postgres runs as the user ${user.name}, which cannot enter ${wanted} and the data there. ` +
        "Open the folders above it (chmod a+x), or set DATA_DIR to another folder.",
    )
  }
  const name = createHash("sha256").update(wanted).digest("hex").slice(0, 12)
  return join(yield* SharedFolder.find(user), name)
})

/** `path` and the folders above it that do not exist, outermost first. */
const missingFolders = Effect.fnUntraced(function* (path: string) {
  const missing: Array<string> = []
  for (let folder = path; ; folder = dirname(folder)) {
    const stats = yield* stat(folder)
    if (stats?.type === "Directory") return missing
    if (stats !== null) return yield* unusable(`${folder} is not a folder. Set DATA_DIR to a folder.`)
    missing.unshift(folder)
  }
})

const create = Effect.fnUntraced(function* (path: string, user: ServerUser.ServerUser | null) {
  const fs = yield* FileSystem.FileSystem
  const missing = yield* missingFolders(path)
  yield* fs.makeDirectory(path, { recursive: true })
  if (user === null) return
  // The server's user must be able to enter the folder despite the umask; its files there are private to it.
  for (const folder of missing) yield* fs.chmod(folder, 0o755)
  if (yield* ServerUser.canEnter(user, path)) return
  return yield* unusable(
    `The user ${user.name}, as which Postgres runs, cannot enter ${path}. Open it and the folders above it ` +
      "(chmod a+x), or set DATA_DIR to another folder.",
  )
})

const unusable = (message: string) =>
  Effect.fail(new EmbeddedPostgresError({ reason: "FolderUnusable", message }))

const refuseOthersCluster = Effect.fnUntraced(function* ({ cluster }: DataFolder) {
  const stats = yield* stat(cluster)
  if (stats === null || process.getuid === undefined || uidOf(stats) === process.getuid()) return
  return yield* unusable(
    `The data in ${cluster} belongs to another user (uid ${uidOf(stats)}). ` +
      "Run as that user or as root, or set DATA_DIR to another folder.",
  )
})
