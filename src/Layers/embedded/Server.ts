import { spawn, type ChildProcess } from "node:child_process"
import { open, readFile, rename } from "node:fs/promises"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Binaries } from "./Binaries.ts"
import type { DataFolder } from "./DataFolder.ts"
import { EmbeddedPostgresError, ifPresent, onFiles } from "./EmbeddedPostgresError.ts"

/** A started server process; whether it accepts connections is another question. */
interface Server {
  /** Fails as soon as the process has ended, with the end of its log; never succeeds. */
  readonly ended: Effect.Effect<never, EmbeddedPostgresError>
}

/** Starts the server on 127.0.0.1; it is shut down, and has ended, when the scope has closed. */
export const start = Effect.fnUntraced(function* (
  folder: DataFolder,
  binaries: Binaries,
  options: { readonly port: number; readonly durable: boolean },
) {
  const exited = yield* Deferred.make<string>()
  yield* Effect.acquireRelease(launch(folder, binaries, options, exited), (child) => shutDown(child, exited))
  const ended = Deferred.await(exited).pipe(
    Effect.flatMap((how) => Effect.flatMap(logTail(folder), (tail) => startFailed(folder, how, tail))),
  )
  return { ended } satisfies Server
})

const startFailed = (folder: DataFolder, how: string, tail: string) =>
  new EmbeddedPostgresError({
    reason: "StartFailed",
    message: `Postgres ended (${how}). The end of its log, ${folder.logFile}:\n${tail}`,
  })

const launch = Effect.fnUntraced(function* (
  folder: DataFolder,
  binaries: Binaries,
  options: { readonly port: number; readonly durable: boolean },
  exited: Deferred.Deferred<string>,
) {
  const log = yield* onFiles(`write ${folder.logFile}`, async () => {
    await ifPresent(() => rename(folder.logFile, folder.previousLogFile))
    return open(folder.logFile, "w")
  })
  const identity = folder.user === null ? {} : { uid: folder.user.uid, gid: folder.user.gid }
  return yield* Effect.sync(() => {
    const child = spawn(binaries.postgres, parameters(folder, options), {
      cwd: folder.path,
      stdio: ["ignore", log.fd, log.fd],
      // In a session of its own: a terminal's Ctrl-C reaches this process, which still needs the server.
      detached: true,
      windowsHide: true,
      ...identity,
    })
    child.once("exit", (code, signal) =>
      Deferred.doneUnsafe(exited, Effect.succeed(`${signal ?? `exit code ${code}`}`)),
    )
    child.once("error", (error) => Deferred.doneUnsafe(exited, Effect.succeed(error.message)))
    return child
  }).pipe(Effect.ensuring(Effect.promise(() => log.close())))
})

const parameters = (
  folder: DataFolder,
  options: { readonly port: number; readonly durable: boolean },
): ReadonlyArray<string> => {
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(options.port),
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "256MB",
    // Loads write much at a time: checkpoints are spread out rather than forced by the volume.
    max_wal_size: "4GB",
    checkpoint_timeout: "15min",
    log_checkpoints: "off",
    // Nothing replicates an embedded server; COPY into a table of its own transaction then skips the WAL and
    // syncs the table's file instead (Postgres documentation, "Populating a Database").
    wal_level: "minimal",
    max_wal_senders: "0",
    ...(options.durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  }
  return [
    "-D",
    folder.cluster,
    ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ]
}

/**
 * Fast shutdown: sessions are ended, a checkpoint is written. When that takes too long, immediate shutdown: the
 * next start recovers from the WAL. (Postgres documentation, "Shutting Down the Server".)
 */
const shutDown = Effect.fnUntraced(function* (child: ChildProcess, exited: Deferred.Deferred<string>) {
  const endsAfter = (signal: "SIGINT" | "SIGQUIT") =>
    Effect.sync(() => child.kill(signal)).pipe(
      Effect.andThen(Deferred.await(exited)),
      Effect.as(true),
      Effect.timeoutOrElse({ duration: "30 seconds", orElse: () => Effect.succeed(false) }),
    )
  if (Deferred.isDoneUnsafe(exited)) return
  if (yield* endsAfter("SIGINT")) return
  yield* Effect.logWarning(
    "Postgres is slow to shut down: it is stopped at once, and will recover when it starts next",
  )
  if (yield* endsAfter("SIGQUIT")) return
  yield* Effect.logError(`Postgres, pid ${child.pid}, does not stop; the next start will see to it`)
  child.unref()
})

const logTail = (folder: DataFolder) =>
  onFiles(`read ${folder.logFile}`, async () => {
    const lines = (await readFile(folder.logFile, "utf8")).trimEnd().split("\n")
    return lines.slice(-15).join("\n")
  })
