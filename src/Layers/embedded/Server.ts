import { spawn, type ChildProcess } from "node:child_process"
import { closeSync, openSync } from "node:fs"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { Binaries } from "./Binaries.ts"
import type { DataFolder } from "./DataFolder.ts"
import { EmbeddedPostgresError, ifPresent } from "./EmbeddedPostgresError.ts"
import { identityOf } from "./ServerUser.ts"

interface Options {
  readonly port: number
  readonly durable: boolean
  readonly settings: Readonly<Record<string, string>>
}

/** Starts the server process on 127.0.0.1 and stops it when the scope closes. It may not accept connections yet. */
export const start = Effect.fnUntraced(function* (folder: DataFolder, binaries: Binaries, options: Options) {
  const fs = yield* FileSystem.FileSystem
  const exited = yield* Deferred.make<string>()
  yield* ifPresent(fs.rename(folder.logFile, folder.previousLogFile))
  yield* Effect.acquireRelease(launch(folder, binaries, options, exited), (child) => shutDown(child, exited))
  /** Never succeeds: fails as soon as the process has ended, with the end of its log. */
  const ended = Effect.gen(function* () {
    const how = yield* Deferred.await(exited)
    const log = (yield* fs.readFileString(folder.logFile)).trimEnd().split("\n").slice(-15).join("\n")
    return yield* startFailed(`Postgres ended (${how}). The end of its log, ${folder.logFile}:\n${log}`)
  })
  return { ended }
})

const startFailed = (message: string, cause?: unknown) =>
  new EmbeddedPostgresError({ reason: "StartFailed", message, cause })

/** The log is a file, not a pipe, so that the server survives this process. */
const launch = (
  folder: DataFolder,
  binaries: Binaries,
  options: Options,
  exited: Deferred.Deferred<string>,
) =>
  Effect.try({
    try: () => {
      const log = openSync(folder.logFile, "w")
      try {
        const child = spawn(binaries.postgres, parameters(folder, options), {
          cwd: folder.path,
          stdio: ["ignore", log, log],
          // In its own session: a Ctrl-C in the terminal reaches this process, which still needs the server.
          detached: true,
          windowsHide: true,
          ...identityOf(folder.user),
        })
        // Immediate shutdown when this process exits before the scope closes. The next start recovers from the WAL.
        const stopNow = () => void child.kill("SIGQUIT")
        process.on("exit", stopNow)
        child.once("exit", (code, signal) => {
          process.off("exit", stopNow)
          Deferred.doneUnsafe(exited, Effect.succeed(`${signal ?? `exit code ${code}`}`))
        })
        child.once("error", (error) => Deferred.doneUnsafe(exited, Effect.succeed(error.message)))
        return child
      } finally {
        closeSync(log)
      }
    },
    catch: (cause) => startFailed(`Postgres cannot be started: ${String(cause)}`, cause),
  })

const parameters = (folder: DataFolder, options: Options): ReadonlyArray<string> => {
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(options.port),
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "256MB",
    // Loads write a lot at once: spread checkpoints out instead of forcing them by WAL volume.
    max_wal_size: "4GB",
    checkpoint_timeout: "15min",
    log_checkpoints: "off",
    // Nothing replicates an embedded server, so COPY into a table created in the same transaction skips the WAL
    // and syncs the table's file instead (Postgres documentation, "Populating a Database").
    wal_level: "minimal",
    max_wal_senders: "0",
    // These binaries read COPY's text format slowly.
    "sluice.copy_format": "binary",
    ...(options.durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...options.settings,
  }
  return [
    "-D",
    folder.cluster,
    ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ]
}

/**
 * Fast shutdown: ends sessions and writes a checkpoint. If that takes too long, immediate shutdown: the next start
 * recovers from the WAL. (Postgres documentation, "Shutting Down the Server".)
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
    "Postgres is slow to shut down; it is now stopped and will recover at its next start",
  )
  if (yield* endsAfter("SIGQUIT")) return
  yield* Effect.logError(`Postgres, pid ${child.pid}, does not stop; the next start will try again`)
  child.unref()
})
