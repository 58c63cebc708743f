import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { Client } from "pg"
import { EndProcess } from "../../src/Domain/service/EndProcess.ts"
import { DatabaseServer } from "../../src/Layers/database/postgres/DatabaseServer.ts"
import { readingSettings } from "../../src/Layers/database/rows/ReadingPool.ts"
import { withDefaults } from "../../src/Layers/database/settings/SessionSettings.ts"
import * as CsvServer from "../support/CsvServer.ts"
import * as PgBouncer from "../support/PgBouncer.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { environment, startApi, startWorker, withRoles } from "../support/ServiceProcess.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import { TestDatabase } from "../support/TestDatabase.ts"
import { TestLog } from "../support/TestLog.ts"

/** Runs a PgBouncer in front of a new database. Returns the connection string through it. */
const pooled = (settings: Readonly<Record<string, string>>) =>
  TestDatabase.use(({ url }) => PgBouncer.make(Redacted.value(url), settings))

const serverOf = (url: string) =>
  Effect.map(Layer.build(DatabaseServer.layerUrl(Redacted.make(url))), (context) =>
    Context.get(context, DatabaseServer),
  )

/** The settings of an old PgBouncer's users: it refuses clients' options unless it ignores them. */
const ignoring = {
  ignore_startup_parameters: "options, lock_timeout, search_path, default_transaction_isolation",
}

/** Has a setting end with the statement that makes it. */
const losingSetting = (piece: Buffer): Buffer => {
  const text = piece.toString("latin1")
  const local = text.replace(/(pg_catalog\.set_config\('lock_timeout', '\w+', )false/, "$1 true")
  return Buffer.from(local, "latin1")
}

describe.skipIf(!PgBouncer.isInstalled)(
  "through PgBouncer, if it is installed (apt-get install pgbouncer)",
  () => {
    it.live(
      "a pooler that shares sessions, or keeps their locks, ends the start at once and the solution is named",
      () =>
        Effect.gen(function* () {
          const cases = [
            [{ pool_mode: "transaction" }, /pool_mode = session/],
            [{ pool_mode: "transaction", ...ignoring }, /pool_mode = session/],
            [{ pool_mode: "statement" }, /pool_mode = session/],
            [{ server_reset_query: "" }, /server_reset_query = DISCARD ALL/],
          ] as const
          const refused = ([settings, solution]: (typeof cases)[number]) =>
            pooled(settings).pipe(
              Effect.flatMap(serverOf),
              Effect.flip,
              Effect.map(({ message }) => assert.match(message, solution)),
            )
          yield* Effect.forEach(cases, refused, { concurrency: "unbounded" })
        }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
    )

    it.live("options that are not settings are refused, because all settings would be lost with them", () =>
      Effect.gen(function* () {
        const url = new URL(yield* pooled({}))
        url.searchParams.set("options", "-c statement_timeout=77s -e")
        assert.match((yield* Effect.flip(serverOf(url.href))).message, /-c name=value/)
      }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer), Effect.timeout("20 seconds")),
    )

    it.live("a pooler that loses settings ends the start", () =>
      Effect.gen(function* () {
        const url = new URL(yield* pooled({}))
        url.searchParams.set("sslmode", "disable")
        const losing = yield* TcpProxy.make(url.href, () => ({
          toServer: (piece, deliver) => deliver(losingSetting(piece)),
          toClient: (piece, deliver) => deliver(piece),
        }))
        assert.match((yield* Effect.flip(serverOf(losing.through(url.href)))).message, /loses the settings/)
      }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer), Effect.timeout("20 seconds")),
    )

    it.live("all session settings are in force in session mode, and notifications arrive", () =>
      Effect.gen(function* () {
        for (const [sslmode, pooler] of [
          ["require", {}],
          ["disable", ignoring],
        ] as const) {
          const url = new URL(yield* pooled(pooler))
          url.searchParams.set("sslmode", sslmode)
          url.searchParams.set("options", "-c statement_timeout=77s")
          const server = yield* serverOf(url.href)
          const settings = readingSettings(server.user)
          const options = { applicationName: "sluice test", settings }
          const wanted: Readonly<Record<string, string>> = {
            ...withDefaults(settings),
            statement_timeout: "77s",
            datestyle: "ISO, MDY",
          }
          const question = `select ${Object.keys(wanted)
            .map((name) => `current_setting('${name}') as ${name}`)
            .join()}`
          const sql = yield* PgClient.make(server.sqlConfig(options)).pipe(Effect.provide(Reactivity.layer))
          const byPg = yield* Effect.promise(async () => {
            const client = new Client(server.clientConfig(options))
            await client.connect()
            const { rows } = await client.query<Record<string, string>>(question)
            await client.end()
            return rows[0]
          })
          assert.deepStrictEqual({ ...byPg }, wanted)
          assert.deepStrictEqual((yield* sql.unsafe(question))[0], wanted)
          const heard = yield* sql.listen("pooled")
          yield* sql.notify("pooled", "message")
          assert.strictEqual((yield* Queue.take(heard)).payload, "message")
        }
      }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
    )

    it.live(
      "a worker ends with 1 and one line if its connections would go through a pooler that does not suit them",
      () =>
        Effect.gen(function* () {
          const { url } = yield* TestDatabase
          const direct = Redacted.value(url)
          const [session, transaction] = yield* Effect.all([
            pooled({}),
            pooled({ pool_mode: "transaction", ...ignoring }),
          ])
          const cases = [
            [direct, session, /there is a pooler now/],
            [direct, transaction, /pool_mode = session/],
            [session, transaction, /pool_mode = session/],
          ] as const
          const ends = Effect.fnUntraced(function* ([before, after, reason]: (typeof cases)[number]) {
            const line = yield* TcpProxy.make(before)
            const worker = yield* startWorker(environment(Redacted.make(line.through(before))))
            yield* line.redirect(after)
            yield* line.cut
            assert.strictEqual(yield* worker.exit, 1)
            const stopped = worker.log.filter(({ message }) => String(message).startsWith("stopped"))
            assert.lengthOf(stopped, 1)
            assert.match(String(stopped[0]?.message), reason)
          })
          yield* Effect.forEach(cases, ends, { concurrency: "unbounded" })
        }).pipe(Effect.scoped, Effect.provide(TestDatabase.layerMigrated)),
      Duration.toMillis(Duration.minutes(1)),
    )

    it.live(
      "of several hosts, one with a pooler that is refused is not waited for, and the other is used again",
      () =>
        Effect.gen(function* () {
          const { url } = yield* TestDatabase
          const direct = Redacted.value(url)
          const line = yield* TcpProxy.make(direct)
          const hosts = [line.through(direct), yield* pooled({ pool_mode: "transaction" })].map(
            (each) => new URL(each).host,
          )
          const both = new URL(direct)
          const ended = yield* Deferred.make<string | null>()
          const server = yield* serverOf(both.href.replace(both.host, hosts.join())).pipe(
            Effect.provideService(EndProcess, (failure) => Effect.asVoid(Deferred.succeed(ended, failure))),
          )
          const open = Effect.acquireRelease(
            Effect.tryPromise(async () => {
              const client = new Client(server.clientConfig({ applicationName: "sluice test" }))
              client.on("error", () => {})
              await client.connect()
              return client
            }),
            (client) => Effect.promise(() => client.end()),
          )
          yield* open
          yield* line.close
          yield* Effect.flip(open)
          const { annotations } = yield* (yield* TestLog).logged(
            ({ message }) => message === "waiting for the database",
          )
          assert.match(String(annotations["reason"]), /pool_mode = session/)
          yield* line.open
          yield* Effect.retry(open, Schedule.spaced("100 millis"))
          assert.isFalse(yield* Deferred.isDone(ended))
        }).pipe(
          Effect.scoped,
          Effect.provide(Layer.merge(TestDatabase.layer, TestLog.layer)),
          Effect.timeout("30 seconds"),
        ),
    )

    it.live(
      "in session mode a cancel ends a load, and a killed worker's load starts again and completes",
      () =>
        Effect.gen(function* () {
          const url = Redacted.make(yield* pooled({ pool_mode: "session" }))
          const variables = environment(url, { [withRoles]: "true", WORKER_CONCURRENCY: "4" })
          const files = yield* CsvServer.make()
          const service = yield* startApi(variables)
          const api = ServiceClient.make(service.origin)
          const first = yield* startWorker(variables)
          assert.isTrue(first.log.some(({ message }) => message === "a pooler is in front of the database"))
          const body = `n\n${Array.from({ length: 50_000 }, (_, n) => `${n}\n`).join("")}`
          const loading = Effect.fnUntraced(function* (path: string) {
            yield* files.serve(path, CsvServer.byHand)
            const jobId = yield* api.create(files.url(path))
            const exchange = yield* files.request(path)
            yield* exchange.head(200)
            yield* exchange.send(body)
            yield* api.until(jobId, ({ progress }) => progress.rowsLoaded > 0)
            return { jobId, exchange }
          })
          const cancelled = yield* loading("/cancelled.csv")
          assert.strictEqual((yield* api.cancel(cancelled.jobId)).status, 200)
          yield* cancelled.exchange.closed

          const killed = yield* loading("/killed.csv")
          yield* startWorker(variables)
          yield* first.signal("SIGKILL")
          const again = yield* files.request("/killed.csv")
          yield* again.head(200)
          yield* again.send(body)
          yield* again.end
          const job = yield* api.reaches(killed.jobId, "completed", "failed")
          assert.deepStrictEqual([job.state, job.attempt, job.progress.rowsLoaded], ["completed", 2, 50_000])
        }).pipe(Effect.scoped, Effect.provide(TestDatabase.layerMigrated)),
      Duration.toMillis(Duration.minutes(2)),
    )
  },
)
