import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import * as EmbeddedPostgres from "../../src/Layers/embedded/EmbeddedPostgres.ts"
import { attempt, type BenchFailure } from "../BenchFailure.ts"
import * as ProcessTimes from "./ProcessTimes.ts"

/** Conditions on pg_stat_activity that select the backends whose CPU is counted. */
const conditions = {
  load: "application_name = 'sluice load'",
  sluice: "application_name like 'sluice%'",
  others: "application_name not like 'sluice%'",
}
type Backends = keyof typeof conditions

/** The database of a run. */
export interface Database {
  readonly url: string
  readonly query: <Row>(text: string, values?: Array<unknown>) => Effect.Effect<Array<Row>, BenchFailure>
  /** CPU seconds so far of the current backends, by pid; `null` if the server is on another machine. */
  readonly cpuOf: (backends: Backends) => Effect.Effect<ReadonlyMap<number, number> | null, BenchFailure>
  /** Drops the loaded tables. */
  readonly clear: Effect.Effect<void, BenchFailure>
  /** Writes a checkpoint, so that one run does not pay for another; needs the role pg_checkpoint. */
  readonly settle: Effect.Effect<void>
}

const remove = (path: string) =>
  Effect.catch(
    attempt(`remove ${path}`, () => rm(path, { recursive: true, force: true })),
    (failure) => Effect.logWarning(failure.message),
  )

/** An embedded Postgres with its usual settings, in a temporary folder. */
const temporaryServer = Effect.fnUntraced(function* (settings: Readonly<Record<string, string>>) {
  const dataDir = yield* Effect.acquireRelease(
    attempt("make a folder for Postgres", async () => {
      const path = await mkdtemp(join(tmpdir(), "sluice-bench-"))
      // If started by root, the server runs as another user, who must be able to enter.
      await chmod(path, 0o755)
      return path
    }),
    remove,
  )
  // The server may keep its data elsewhere; removed after it has stopped.
  const moved: Array<string> = []
  yield* Effect.addFinalizer(() => Effect.forEach(moved, remove))
  const server = yield* EmbeddedPostgres.start({ dataDir, settings })
  moved.push(server.folder)
  return Redacted.value(server.url)
})

const connect = (url: string) =>
  Effect.acquireRelease(
    attempt("connect to the database", async () => {
      const client = new Client({ connectionString: url, application_name: "sluice bench" })
      // Without a listener, a lost connection would crash the process; the next query fails anyway.
      client.on("error", () => undefined)
      await client.connect()
      return client
    }),
    (client) =>
      Effect.catch(
        attempt("disconnect", () => client.end()),
        (failure) => Effect.logWarning(failure.message),
      ),
  )

/** Creates a database for this run on an existing server. */
const ownDatabase = Effect.fnUntraced(function* (serverUrl: string) {
  const name = `sluice_bench_${process.pid}`
  const client = yield* connect(serverUrl)
  yield* Effect.acquireRelease(
    attempt(`create the database ${name}`, () => client.query(`create database ${name}`)),
    () =>
      Effect.catch(
        attempt(`drop the database ${name}`, () => client.query(`drop database ${name} with (force)`)),
        (failure) => Effect.logWarning(failure.message),
      ),
  )
  const url = new URL(serverUrl)
  url.pathname = name
  return url.href
})

/** Tables to drop per statement: each takes a lock, and the number of locks is limited. */
const dropBatch = 100

/**
 * Starts an embedded Postgres, or creates a database on the server of `DATABASE_URL`; removed with the scope.
 *
 * @param settings of the embedded one, instead of its usual ones
 */
export const startWith = Effect.fnUntraced(function* (settings: Readonly<Record<string, string>>) {
  const given = yield* Config.Redacted("DATABASE_URL").pipe(Config.option)
  const url = Option.isSome(given)
    ? yield* ownDatabase(Redacted.value(given.value))
    : yield* temporaryServer(settings)
  const client = yield* connect(url)

  const query = <Row>(text: string, values: Array<unknown> = []) =>
    attempt(`run "${text}"`, async () => (await client.query(text, values)).rows as Array<Row>)

  const [own] = yield* query<{ pid: number }>("select pg_backend_pid() as pid")
  const ownTimes = yield* Effect.promise(() => ProcessTimes.backendTimesOf(own!.pid))

  const cpuOf = Effect.fnUntraced(function* (backends: Backends) {
    if (ownTimes === null) return null
    const rows = yield* query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
         and (${conditions[backends]})`,
    )
    const times = yield* Effect.promise(() =>
      Promise.all(
        rows.map(
          async ({ pid }) => [pid, (await ProcessTimes.backendTimesOf(pid))?.cpuSeconds ?? 0] as const,
        ),
      ),
    )
    return new Map(times)
  })

  const clear = Effect.gen(function* () {
    const tables = yield* query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'",
    )
    for (let at = 0; at < tables.length; at += dropBatch)
      yield* query(
        `drop table ${tables
          .slice(at, at + dropBatch)
          .map(({ name }) => name)
          .join(", ")}`,
      )
  })

  return {
    url,
    query,
    cpuOf,
    clear,
    settle: Effect.catch(Effect.asVoid(query("checkpoint")), (failure) =>
      Effect.logWarning(`${failure.message}; runs may affect each other`),
    ),
  } satisfies Database
})

export const start = startWith({})

/** CPU seconds between two results of `cpuOf`. A new backend counts from zero. */
export const spent = (
  before: ReadonlyMap<number, number> | null,
  after: ReadonlyMap<number, number> | null,
): number | null => {
  if (before === null || after === null) return null
  let seconds = 0
  for (const [pid, cpu] of after) seconds += cpu - (before.get(pid) ?? 0)
  return seconds
}
