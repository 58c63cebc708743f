import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import { AppConfig } from "../../../../src/Layers/process/AppConfig.ts"
import { statement } from "../../../../src/Layers/database/postgres/Statement.ts"
import { LoadConnections } from "../../../../src/Layers/database/session/LoadConnections.ts"
import * as LoadSession from "../../../../src/Layers/database/session/LoadSession.ts"
import { connections, DatabaseProxy } from "../../../support/DatabaseProxy.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"
import { TestLog } from "../../../support/TestLog.ts"

/** The connections of a worker with one slot, through a proxy that tests can interrupt. */
const oneSlot = connections.pipe(
  Layer.provide(AppConfig.layer),
  Layer.provide(
    ConfigProvider.layer(ConfigProvider.fromUnknown({ WORKER_CONCURRENCY: "1", COPY_STREAMS: "1" })),
  ),
  Layer.provideMerge(DatabaseProxy.layer),
  Layer.provideMerge(TestDatabase.layer),
  Layer.provideMerge(TestLog.layer),
)

const jobId = JobId.make("0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e")

/** The rows of a query on a checked-out connection. */
const ask = Effect.fnUntraced(function* (statement: string) {
  const { checkout } = yield* LoadConnections
  const { client } = yield* checkout()
  const { rows } = yield* Effect.promise(() => client.query<Record<string, string | null>>(statement))
  return rows
}, Effect.scoped)

const pid = Effect.map(ask("select pg_backend_pid() as pid"), ([row]) => row?.["pid"])

it.live("a load's session has timeouts for locks, idle transactions and dead clients", () =>
  Effect.gen(function* () {
    const rows = yield* ask(`
      select name, setting from pg_settings where source = 'client' and name = any('{
        idle_in_transaction_session_timeout, lock_timeout, statement_timeout, tcp_keepalives_idle,
        tcp_keepalives_interval, tcp_keepalives_count, client_connection_check_interval}')`)
    assert.deepStrictEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
      client_connection_check_interval: "1000",
      idle_in_transaction_session_timeout: "30000",
      lock_timeout: "5000",
      statement_timeout: "0",
      tcp_keepalives_count: "4",
      tcp_keepalives_idle: "10",
      tcp_keepalives_interval: "5",
    })
  }).pipe(Effect.provide(oneSlot)),
)

it.live(
  "a load's transaction sees what others commit, also when the database's default is another isolation",
  () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      yield* Effect.promise(async () => {
        const client = new Client({ connectionString: Redacted.value(url) })
        await client.connect()
        await client.query(
          `do $$ begin execute format('alter database %I set default_transaction_isolation = %L', current_database(), 'repeatable read'); end $$`,
        )
        await client.end()
      })
      assert.deepStrictEqual(yield* ask("show transaction_isolation"), [
        { transaction_isolation: "read committed" },
      ])
    }).pipe(Effect.provide(oneSlot)),
)

it.live("a transaction that queries rows of users leaves the plans of its statements to the planner", () =>
  Effect.gen(function* () {
    const session = yield* LoadSession.open({ schema: "public", table: "t" }, true)
    yield* session.run(session.begin)
    const rows = yield* session.select(
      statement`select name from pg_settings where (name like 'enable%' or name in ('plan_cache_mode', 'jit')) and setting <> boot_val`,
    )
    yield* session.rollBack
    assert.deepStrictEqual(rows, [])
  }).pipe(Effect.scoped, Effect.provide(oneSlot)),
)

it.live("a connection is kept for the next load", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* pid, yield* pid)
  }).pipe(Effect.provide(oneSlot)),
)

it.live("an idle connection that breaks is logged and replaced", () =>
  Effect.gen(function* () {
    const { cut } = yield* DatabaseProxy
    const { logged } = yield* TestLog
    const broken = yield* pid
    yield* cut
    const { annotations } = yield* logged(
      ({ level, message }) => level === "WARN" && message === "a load connection was lost",
    )
    assert.strictEqual(annotations["target"], "default")
    assert.notStrictEqual(yield* pid, broken)
  }).pipe(Effect.provide(oneSlot)),
)

it.live("a checked-out connection that breaks is logged and not reused", () =>
  Effect.gen(function* () {
    const { cut } = yield* DatabaseProxy
    const { logged } = yield* TestLog
    const { checkout } = yield* LoadConnections
    yield* Effect.scoped(
      Effect.gen(function* () {
        yield* checkout(jobId)
        yield* cut
        const { annotations } = yield* logged(({ message }) => message === "a load connection was lost")
        assert.strictEqual(annotations["job_id"], jobId)
      }),
    )
    assert.isDefined(yield* pid)
  }).pipe(Effect.provide(oneSlot)),
)

it.live("a connection marked as broken is not reused", () =>
  Effect.gen(function* () {
    const { checkout } = yield* LoadConnections
    const before = yield* pid
    yield* Effect.scoped(Effect.map(checkout(), (connection) => connection.markBroken()))
    assert.notStrictEqual(yield* pid, before)
  }).pipe(Effect.provide(oneSlot)),
)

it.live("a connection is closed when the server does not respond to the rollback", () =>
  Effect.gen(function* () {
    const { pause, resume } = yield* DatabaseProxy
    const isOpen = yield* Deferred.make<void>()
    const before = yield* pid
    const loading = yield* Effect.forkChild(
      LoadSession.open({ schema: "public", table: "a table" }).pipe(
        Effect.flatMap((session) =>
          LoadSession.inTransactions(
            [session],
            session
              .run("begin; create table public.half (n text)")
              .pipe(Effect.andThen(Deferred.succeed(isOpen, undefined)), Effect.andThen(Effect.never)),
          ),
        ),
        Effect.scoped,
      ),
    )
    yield* Deferred.await(isOpen)
    yield* pause
    yield* Fiber.interrupt(loading)
    yield* resume
    assert.notStrictEqual(yield* pid, before)
    assert.deepStrictEqual(yield* ask("select to_regclass('public.half') as half"), [{ half: null }])
  }).pipe(Effect.provide(oneSlot)),
)

/** Waits until a load's server process has this query and state. */
const serverHas = Effect.fnUntraced(function* (wanted: string, state: string) {
  const { url } = yield* TestDatabase
  const client = new Client({ connectionString: Redacted.value(url) })
  yield* Effect.acquireRelease(
    Effect.promise(() => client.connect()),
    () => Effect.promise(() => client.end()),
  )
  yield* Effect.promise(() =>
    client.query<{ found: boolean }>(
      `select exists (select from pg_stat_activity where datname = current_database()
        and application_name = 'sluice load' and query like $1 and state = $2) as found`,
      [wanted, state],
    ),
  ).pipe(Effect.repeat({ until: ({ rows }) => rows[0]?.found === true }), Effect.timeout("10 seconds"))
}, Effect.scoped)

const sleepingFor = (seconds: number) =>
  LoadSession.open({ schema: "public", table: "a table" }).pipe(
    Effect.flatMap((session) =>
      LoadSession.inTransactions(
        [session],
        Effect.andThen(
          session.run("begin; create table public.half (n text)"),
          session.run(`select pg_sleep(${seconds})`),
        ),
      ),
    ),
    Effect.scoped,
  )
const sleeping = sleepingFor(60)

it.live("an interruption cancels a long statement, and the connection can be reused", () =>
  Effect.gen(function* () {
    const before = yield* pid
    const loading = yield* Effect.forkChild(sleeping)
    yield* serverHas("select pg_sleep%", "active")
    // Far less than the minute that the statement takes, and enough for a busy machine.
    yield* Effect.timeout(Fiber.interrupt(loading), "20 seconds")
    // Without the cancel, the connection would be closed.
    yield* serverHas("rollback", "idle")
    assert.strictEqual(yield* pid, before)
  }).pipe(Effect.provide(oneSlot)),
)

/** Connections whose cancel requests get no response. */
const silentCancels = Layer.effect(
  LoadConnections,
  LoadConnections.useSync(({ checkout }) =>
    LoadConnections.of({
      checkout: (jobId) =>
        Effect.map(checkout(jobId), (connection) =>
          Object.assign({}, connection, { requestCancel: Effect.never }),
        ),
    }),
  ),
)

it.live("a connection is not reused while a cancel request may still arrive", () =>
  Effect.gen(function* () {
    const before = yield* pid
    const loading = yield* Effect.forkChild(Effect.provide(sleepingFor(1.5), silentCancels))
    yield* serverHas("select pg_sleep%", "active")
    // The statement ends by itself and is rolled back in time, so nothing else shows the problem.
    yield* Fiber.interrupt(loading)
    assert.notStrictEqual(yield* pid, before)
  }).pipe(Effect.provide(oneSlot)),
)

it.live("a COMMIT of a failed transaction, which only rolls back, is a failure", () =>
  Effect.gen(function* () {
    const error = yield* LoadSession.open({ schema: "public", table: "a table" }).pipe(
      Effect.tap((session) => session.run("begin; create table public.half (n text)")),
      Effect.tap((session) => Effect.flip(session.run("select 1 / 0"))),
      Effect.flatMap((session) => Effect.flip(session.commit)),
      Effect.scoped,
    )
    assert.strictEqual(error.code, "internal_error")
    assert.deepStrictEqual(yield* ask("select to_regclass('public.half') as half"), [{ half: null }])
  }).pipe(Effect.provide(oneSlot)),
)

it.live("a connection is closed when its statement cannot be cancelled", () =>
  Effect.gen(function* () {
    const { pause, resume } = yield* DatabaseProxy
    const before = yield* pid
    const loading = yield* Effect.forkChild(sleeping)
    yield* serverHas("select pg_sleep%", "active")
    yield* pause
    yield* Fiber.interrupt(loading)
    yield* resume
    assert.notStrictEqual(yield* pid, before)
    assert.deepStrictEqual(yield* ask("select to_regclass('public.half') as half"), [{ half: null }])
  }).pipe(Effect.provide(oneSlot)),
)

it.live("an interrupted checkout does not leak a connection", () =>
  Effect.gen(function* () {
    const { checkout } = yield* LoadConnections
    yield* Effect.scoped(
      Effect.gen(function* () {
        yield* checkout()
        const waiting = yield* Effect.forkChild(Effect.scoped(checkout()))
        yield* Effect.yieldNow
        yield* Fiber.interrupt(waiting)
      }),
    )
    assert.isDefined(yield* pid)
  }).pipe(Effect.provide(oneSlot)),
)
