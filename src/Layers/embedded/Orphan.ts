import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schedule from "effect/Schedule"
import type { DataFolder } from "./DataFolder.ts"
import { EmbeddedPostgresError, errorCode, ifPresent } from "./EmbeddedPostgresError.ts"
import * as ProcessTable from "./ProcessTable.ts"

/** Stops the server that a killed run left on the folder. Only the folder's owner may call this. */
export const stop = Effect.fnUntraced(function* (folder: DataFolder) {
  const fs = yield* FileSystem.FileSystem
  const lockFile = join(folder.cluster, "postmaster.pid")
  const lock = yield* ifPresent(fs.readFileString(lockFile))
  const pid = Math.abs(Number.parseInt(lock ?? "", 10))
  if (Number.isNaN(pid)) return
  if (yield* isServing(folder, pid)) {
    yield* Effect.log(`Stopping the Postgres (pid ${pid}) that a killed run left in ${folder.path}`)
    // Fast shutdown, then immediate shutdown (Postgres documentation, "Shutting Down the Server").
    if (!(yield* signalAndWait(folder, pid, "SIGINT")) && !(yield* signalAndWait(folder, pid, "SIGQUIT"))) {
      return yield* stuck(pid, `uses ${folder.cluster} and does not stop`)
    }
  }
  // A crashed server leaves its lock file, and the next one refuses to start while any process has that pid. It
  // treats a lock with its parent's pid as stale, and still checks that no process of the old server is attached
  // to the shared memory that the file names (`CreateLockFile` in miscinit.c). So the lock gets our pid: removing
  // it would skip that check.
  const stale = yield* ifPresent(fs.readFileString(lockFile))
  if (stale === null) return
  yield* fs.writeFileString(lockFile, stale.split("\n").with(0, String(process.pid)).join("\n"))
})

const stuck = (pid: number, problem: string, cause?: unknown) =>
  new EmbeddedPostgresError({
    reason: "OrphanStuck",
    message: `The Postgres of an earlier run, pid ${pid}, ${problem}. Stop it by hand.`,
    cause,
  })

/** The pid may now be another program's: a server has its data directory on its command line. */
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
    catch: (cause) => stuck(pid, `cannot be stopped (${String(cause)})`, cause),
  }).pipe(
    Effect.catchIf(
      ({ cause }) => errorCode(cause) === "ESRCH",
      () => Effect.void,
    ),
  )
  return yield* isServing(folder, pid).pipe(
    Effect.repeat({ while: (isServing) => isServing, schedule: Schedule.spaced("50 millis") }),
    Effect.as(true),
    Effect.timeoutOrElse({ duration: "30 seconds", orElse: () => Effect.succeed(false) }),
  )
})
