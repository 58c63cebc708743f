import { createHash } from "node:crypto"
import { chmod, mkdir, readdir, stat } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { EmbeddedPostgresError, ifPresent, onFiles, systemCode } from "./EmbeddedPostgresError.ts"
import * as ServerUser from "./ServerUser.ts"
import * as SharedFolder from "./SharedFolder.ts"

/** Where an embedded Postgres keeps what is its own. */
export interface DataFolder {
  readonly path: string
  /** Postgres's data directory. */
  readonly cluster: string
  readonly passwordFile: string
  readonly ownerFile: string
  /** What the server writes since its latest start; the run before is kept as `postgres.1.log`. */
  readonly logFile: string
  readonly previousLogFile: string
  /** `null`: the server runs as this process's user. */
  readonly user: ServerUser.ServerUser | null
}

/**
 * Settles where the data of `dataDir` lives, and makes the folder. A server started by root runs as another
 * user; where that user cannot reach `dataDir`, the data is kept in a folder it can, the same on every run.
 */
export const open = Effect.fnUntraced(function* (dataDir: string) {
  const wanted = resolve(dataDir)
  const candidate = ServerUser.isRoot() ? yield* ownerOf(wanted, yield* ServerUser.choose) : null
  const path = candidate === null ? wanted : yield* place(wanted, candidate)
  const user = candidate === null ? null : yield* ownerOf(path, candidate)
  yield* make(path, user)
  const folder: DataFolder = {
    path,
    cluster: join(path, "postgres"),
    passwordFile: join(path, "password"),
    ownerFile: join(path, "owner.json"),
    logFile: join(path, "postgres.log"),
    previousLogFile: join(path, "postgres.1.log"),
    user,
  }
  if (user === null) yield* refuseOthersCluster(folder)
  return folder
})

/** Postgres runs only as the owner of its data: what one user began is continued as that user. */
const ownerOf = Effect.fnUntraced(function* (path: string, otherwise: ServerUser.ServerUser) {
  const owner = yield* statIfPresent(join(path, "postgres"))
  return owner === null || owner.uid === 0 || owner.uid === otherwise.uid
    ? otherwise
    : { name: `of uid ${owner.uid}`, uid: owner.uid, gid: owner.gid }
})

const place = Effect.fnUntraced(function* (wanted: string, user: ServerUser.ServerUser) {
  const isReachable = yield* ServerUser.canEnter(user, yield* nearestFolder(wanted))
  const isFilled = (yield* statIfPresent(join(wanted, "postgres"))) !== null
  if (isReachable) return wanted
  if (isFilled) {
    return yield* unusable(
      `Postgres runs as the user ${user.name}, which cannot enter ${wanted} and the data there. ` +
        "Open the folders above it (chmod a+x), or set DATA_DIR to another folder.",
    )
  }
  const name = createHash("sha256").update(wanted).digest("hex").slice(0, 12)
  const path = join(yield* SharedFolder.find(user), name)
  yield* Effect.log(
    `Postgres runs as the user ${user.name}, which cannot reach ${wanted}: its data is kept in ${path}`,
  )
  return path
})

/** `path` itself or the first folder above it that exists. */
const nearestFolder = Effect.fnUntraced(function* (path: string) {
  for (let nearest = path; ; nearest = dirname(nearest)) {
    const stats = yield* statIfPresent(nearest)
    if (stats?.isDirectory() === false) return yield* notFolder(nearest)
    if (stats !== null) return nearest
  }
})

const notFolder = (path: string, cause?: unknown) =>
  unusable(`${path} is not a folder. Set DATA_DIR to a folder.`, cause)

const statIfPresent = (path: string) => onFiles(`look at ${path}`, () => ifPresent(() => stat(path)))

const make = Effect.fnUntraced(function* (path: string, user: ServerUser.ServerUser | null) {
  const isNew = yield* onFiles(`make the folder ${path}`, () => mkdir(path, { recursive: true })).pipe(
    Effect.catchIf(
      (error) => systemCode(error.cause) === "EEXIST" || systemCode(error.cause) === "ENOTDIR",
      (error) => notFolder(path, error),
    ),
  )
  if (user === null) return
  // Whatever the umask, the server's user must get in; what it keeps there is readable to itself alone.
  for (const made of foldersBetween(isNew, path)) yield* onFiles(`open ${made}`, () => chmod(made, 0o755))
  if (yield* ServerUser.canEnter(user, path)) return
  return yield* unusable(
    `The user ${user.name}, as which Postgres runs, cannot enter ${path}. Open it and the folders above it ` +
      "(chmod a+x), or set DATA_DIR to another folder.",
  )
})

/** The folders that were made: from the first of them, if any, down to the last. */
const foldersBetween = (first: string | undefined, last: string): ReadonlyArray<string> => {
  if (first === undefined) return []
  const folders = [last]
  while (folders[0] !== first && folders[0] !== dirname(folders[0]!)) folders.unshift(dirname(folders[0]!))
  return folders
}

const unusable = (message: string, cause?: unknown) =>
  Effect.fail(new EmbeddedPostgresError({ reason: "FolderUnusable", message, cause }))

const refuseOthersCluster = Effect.fnUntraced(function* ({ cluster }: DataFolder) {
  const owner = yield* statIfPresent(cluster)
  if (owner === null || process.getuid === undefined || owner.uid === process.getuid()) return
  return yield* unusable(
    `The data in ${cluster} belongs to another user (uid ${owner.uid}). ` +
      "Run as that user or as root, or set DATA_DIR to another folder.",
  )
})

/** Names in the cluster's folder; `null` where there is none. */
export const clusterEntries = (folder: DataFolder) =>
  onFiles(`read ${folder.cluster}`, () => ifPresent(() => readdir(folder.cluster)))
