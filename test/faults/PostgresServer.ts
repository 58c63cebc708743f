import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Client } from "pg"
import { killPid } from "./killPid.ts"
import * as QueryPool from "./QueryPool.ts"
import * as SmallDisk from "./SmallDisk.ts"
import * as EmbeddedPostgres from "../../src/Layers/embedded/EmbeddedPostgres.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/** Postgres' shutdown modes. `immediate` needs recovery at the next start. */
export type Shutdown = "fast" | "immediate"

/** The suite's own Postgres, which it can kill. */
export interface PostgresServer {
  /** Connection string. Valid across restarts. */
  readonly url: string
  readonly query: QueryPool.Query
  /** Restarts the server at the same address, and waits until it accepts connections. */
  readonly restart: (how: Shutdown) => Effect.Effect<void>
  /** The disk of its tables, but not of its log. `undefined` if no disk can be mounted. */
  readonly disk: SmallDisk.SmallDisk | undefined
  /** Kills a backend with SIGKILL, after which the server restarts all sessions. Waits for the end of the backend. */
  readonly killBackend: (pid: number) => Effect.Effect<void>
}

const database = "faults"

/** Starts the server. It and its data are removed with the scope. */
export const start = Effect.gen(function* () {
  const dataDir = yield* temporaryFolder
  const restarting = yield* Semaphore.make(1)
  let port = 0
  let scope = yield* Scope.make()
  let folder = dataDir
  yield* Effect.addFinalizer(() => Effect.suspend(() => Scope.close(scope, Exit.void)))
  const up = Effect.suspend(() => EmbeddedPostgres.start({ dataDir, port, durable: false })).pipe(
    Effect.retry(Schedule.spaced("200 millis").pipe(Schedule.upTo({ times: 25 }))),
    Effect.orDie,
    Effect.provide(Logger.layer([])),
    (starting) => Effect.suspend(() => Scope.provide(starting, scope)),
  )
  const first = yield* up
  folder = first.folder
  if (folder !== dataDir)
    yield* Effect.addFinalizer(() => Effect.promise(() => rm(folder, { recursive: true, force: true })))
  const superuserUrl = Redacted.value(first.url)
  port = Number(new URL(superuserUrl).port)
  const disk = yield* SmallDisk.mount(join(folder, "postgres"))
  yield* Effect.promise(async () => {
    const client = new Client({ connectionString: superuserUrl })
    await client.connect()
    await client.query(`create database ${database}`)
    // An acknowledged commit must survive a crash of the server's processes. A crash of the machine is not tested.
    await client.query(`alter database ${database} set synchronous_commit = on`)
    if (disk !== undefined) {
      await client.query(`create tablespace small location '${disk.path}'`)
      await client.query(`alter database ${database} set default_tablespace = small`)
    }
    await client.end()
  })
  const of = new URL(superuserUrl)
  of.pathname = `/${database}`
  const url = of.href

  const query = yield* QueryPool.make(url)

  /** The server cannot recover on a full disk. */
  const freeDisk = disk?.free ?? Effect.void

  const stop = (signal: "SIGINT" | "SIGQUIT") =>
    Effect.promise(async () => {
      const text = await readFile(join(folder, "postgres", "postmaster.pid"), "utf8")
      process.kill(Number(text.split("\n")[0]), signal)
    })

  const restart = (how: Shutdown) =>
    Effect.gen(function* () {
      yield* freeDisk
      yield* stop(how === "fast" ? "SIGINT" : "SIGQUIT")
      yield* Scope.close(scope, Exit.void)
      scope = yield* Scope.make()
      yield* up
    }).pipe(restarting.withPermits(1), Effect.uninterruptible)

  return {
    url,
    query,
    restart,
    disk: disk && { ...disk, fill: restarting.withPermits(1)(disk.fill) },
    killBackend: (pid) =>
      Effect.gen(function* () {
        yield* freeDisk
        yield* Effect.sync(() => killPid(pid))
        yield* Effect.repeat(query("select from pg_stat_activity where pid = $1::int", [pid]), {
          until: (rows) => rows.length === 0,
          schedule: Schedule.spaced("20 millis"),
        })
      }).pipe(restarting.withPermits(1)),
  } satisfies PostgresServer
})
