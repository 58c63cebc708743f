import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Client } from "pg"
import * as CsvServer from "../support/CsvServer.ts"
import { type ServiceProcess, startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

class Worker extends Context.Service<Worker, ServiceProcess>()("sluice/test/EndToEnd/Worker") {}

const Service = Layer.effect(
  Worker,
  Effect.flatMap(TestService, ({ environment }) => startWorker(environment)),
).pipe(Layer.provideMerge(TestService.layer()))

/** A session that the outages of these tests do not end. */
const operator = Effect.gen(function* () {
  const { environment } = yield* TestService
  const client = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new Client({ connectionString: environment["DATABASE_URL"] ?? "" })
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.end()),
  )
  const run = (statement: string) => Effect.promise(() => client.query(statement))
  return {
    run,
    endAllOtherSessions: run(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`),
  }
})

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("database outages", (it) => {
  it.effect("jobs are loaded without a restart after the database has ended all sessions", () =>
    Effect.gen(function* () {
      const { api, files } = yield* TestService
      const { endAllOtherSessions } = yield* operator
      yield* files.serve("/after.csv", CsvServer.file("a\n1\n"))
      yield* api.reaches(yield* api.create(files.url("/after.csv")), "completed")
      yield* endAllOtherSessions
      const jobId = yield* Effect.eventually(api.create(files.url("/after.csv")))
      assert.strictEqual((yield* api.reaches(jobId, "completed", "failed")).state, "completed")
    }),
  )

  it.effect("the API returns 503 while the database is read-only, and jobs are loaded afterwards", () =>
    Effect.gen(function* () {
      const { api, files, sql } = yield* TestService
      const { run, endAllOtherSessions } = yield* operator
      yield* files.serve("/readonly.csv", CsvServer.file("a\n1\n"))
      const [database] = yield* sql<{ name: string }>`select quote_ident(current_database()) as name`
      const readOnly = (value: "on" | "off") =>
        run(`set default_transaction_read_only = off`).pipe(
          Effect.andThen(
            run(`alter database ${database?.name} set default_transaction_read_only = ${value}`),
          ),
          Effect.andThen(endAllOtherSessions),
        )
      yield* readOnly("on")
      const refused = yield* api.post(files.url("/readonly.csv"))
      assert.deepStrictEqual([refused.status, refused.contentType], [503, "application/problem+json"])
      const worker = yield* Worker
      // Whichever statement meets it first.
      yield* worker.logged((line) => String(line["reason"]).includes("read-only transaction"))
      yield* readOnly("off")
      const jobId = yield* Effect.eventually(api.create(files.url("/readonly.csv")))
      assert.strictEqual((yield* api.reaches(jobId, "completed", "failed")).state, "completed")
    }),
  )
})
