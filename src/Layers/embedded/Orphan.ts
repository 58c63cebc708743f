import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { DataFolder } from "./DataFolder.ts"
import { EmbeddedPostgresError, ifPresent, onFiles, systemCode } from "./EmbeddedPostgresError.ts"
import * as ProcessTable from "./ProcessTable.ts"

/**
 * Stops the server of an earlier run whose process was killed before it could do so itself. To be called by
 * the folder's owner only.
 */
export const stop = Effect.fnUntraced(function* (folder: DataFolder) {
  const pid = yield* lockedBy(folder)
  if (pid === null) return
  if (yield* isServing(folder, pid)) {
    yield* Effect.log(
      `Stopping the Postgres (pid ${pid}) that an earlier run, killed, left in ${folder.path}`,
    )
    // Fast shutdown, then immediate shutdown (Postgres documentation, "Shutting Down the Server").
    if (!(yield* signalAndWait(folder, pid, "SIGINT")) && !(yield* signalAndWait(folder, pid, "SIGQUIT"))) {
      return yield* new EmbeddedPostgresError({
        reason: "OrphanStuck",
        message: `The Postgres of an earlier run, pid ${pid}, uses ${folder.cluster} and does not stop. Stop it by hand.`,
      })
    }
  }
  yield* releaseLock(folder)
})

const lockFile = (folder: DataFolder) => join(folder.cluster, "postmaster.pid")

const readLock = (folder: DataFolder) =>
  onFiles(`read ${lockFile(folder)}`, () => ifPresent(() => readFile(lockFile(folder), "utf8")))

const lockedBy = Effect.fnUntraced(function* (folder: DataFolder) {
  const pid = Math.abs(Number.parseInt((yield* readLock(folder)) ?? "", 10))
  return Number.isNaN(pid) ? null : pid
})

/** The pid in the lock may by now be that of another program: a server names its data directory. */
const isServing = Effect.fnUntraced(function* (folder: DataFolder, pid: number) {
  const running = yield* ProcessTable.find(pid)
  if (running === null) return false
  return running.command === null || running.command.includes(folder.cluster)
})

const signalAndWait = Effect.fnUntraced(function* (
  folder: DataFolder,
  pid: number,
  signal: "SIGINT" | "SIGQUIT",
) {
  yield* Effect.try({
    try: () => process.kill(pid, signal),
    catch: (cause) =>
      new EmbeddedPostgresError({
        reason: "OrphanStuck",
        message: `Cannot stop the Postgres of an earlier run, pid ${pid}, in ${folder.cluster}: ${String(cause)}`,
        cause,
      }),
  }).pipe(
    Effect.catchIf(
      (error) => systemCode(error.cause) === "ESRCH",
      () => Effect.void,
    ),
  )
  return yield* isServing(folder, pid).pipe(
    Effect.repeat({ while: (isServing) => isServing, schedule: Schedule.spaced("50 millis") }),
    Effect.as(true),
    Effect.timeoutOrElse({ duration: "30 seconds", orElse: () => Effect.succeed(false) }),
  )
})

/**
 * A server that crashed leaves its lock file, and the next refuses to start while any process of that pid
 * exists. It knows a lock with its parent's pid for stale, and still checks that no process of the old server
 * is attached to the shared memory the file names (`CreateLockFile` in miscinit.c): so the lock gets our pid
 * rather than be removed.
 */
const releaseLock = Effect.fnUntraced(function* (folder: DataFolder) {
  const text = yield* readLock(folder)
  if (text === null) return
  const lines = text.split("\n").with(0, String(process.pid))
  yield* onFiles(`write ${lockFile(folder)}`, () => writeFile(lockFile(folder), lines.join("\n")))
})
