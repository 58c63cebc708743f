import { chmod, mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Client, Pool, type QueryResultRow } from "pg"
import * as SmallDisk from "./SmallDisk.ts"
import * as EmbeddedPostgres from "../../src/Layers/embedded/EmbeddedPostgres.ts"

/** What the database, or the way to it, has said to a statement of the suite. */
class QueryFailed extends Data.TaggedError("QueryFailed")<{ readonly cause: unknown }> {}

/** How a server goes down: sessions ended in order, or everything at once with recovery at the next start. */
export type Shutdown = "fast" | "immediate"

/** A Postgres of the suite's own, which it may kill. */
export interface PostgresServer {
  /** Connection string that holds across restarts. */
  readonly url: string
  /** Asks on a connection of the suite's own; a server that is down is waited for. */
  readonly query: <Row extends QueryResultRow>(
    text: string,
    values?: ReadonlyArray<unknown>,
  ) => Effect.Effect<ReadonlyArray<Row>>
  /** Takes the server down and brings it up again at the same address; done when it takes connections. */
  readonly restart: (how: Shutdown) => Effect.Effect<void>
  /** Where its tables are, but not its log; `undefined` where no disk can be mounted. */
  readonly disk: SmallDisk.SmallDisk | undefined
  /** Kills the process of one session the hard way, after which the server restarts all of them; done when it has. */
  readonly killBackend: (pid: number) => Effect.Effect<void>
}

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(async () => {
    const path = await mkdtemp(join(tmpdir(), "sluice-faults-"))
    // Started by root, the server runs as another user, who must get in.
    await chmod(path, 0o755)
    return path
  }),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
)

const database = "faults"

/** Starts the server; it is gone, with its data, when the scope closes. */
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
    // What is acknowledged must survive the death of the server's processes; that of the machine is not tried.
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

  const pool = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const pool = new Pool({
        connectionString: url,
        application_name: "faults",
        connectionTimeoutMillis: 3000,
        query_timeout: 60_000,
        max: 6,
      })
      // Whoever waits for an answer is told of the failure as well.
      pool.on("error", () => {})
      return pool
    }),
    (pool) => Effect.promise(() => pool.end()),
  )
  const query = <Row extends QueryResultRow>(text: string, values: ReadonlyArray<unknown> = []) =>
    Effect.tryPromise({
      try: async () => (await pool.query<Row>(text, [...values])).rows,
      catch: (cause) => new QueryFailed({ cause }),
    }).pipe(
      Effect.retry({
        while: ({ cause }) => isOutage(cause),
        schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "60 seconds" })),
      }),
      Effect.orDie,
    )

  /** Recovery needs room: a server that finds none does not come up again. */
  const room = disk?.free ?? Effect.void

  const stop = (signal: "SIGINT" | "SIGQUIT") =>
    Effect.promise(async () => {
      const text = await readFile(join(folder, "postgres", "postmaster.pid"), "utf8")
      process.kill(Number(text.split("\n")[0]), signal)
    })

  const restart = (how: Shutdown) =>
    Effect.gen(function* () {
      yield* room
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
        yield* room
        yield* Effect.sync(() => kill(pid))
        yield* Effect.repeat(query("select from pg_stat_activity where pid = $1::int", [pid]), {
          until: (rows) => rows.length === 0,
          schedule: Schedule.spaced("20 millis"),
        })
      }).pipe(restarting.withPermits(1)),
  } satisfies PostgresServer
})

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch (error) {
    // It had ended by itself.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error
  }
}

/** Whether the server, and not the statement, is to blame. */
const isOutage = (cause: unknown): boolean => {
  if (!(cause instanceof Error)) return false
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : ""
  return (
    /^(?:57P|08|ECONN|EPIPE|53300)/.test(code) ||
    /terminated|timeout|closed|not queryable/i.test(cause.message)
  )
}
