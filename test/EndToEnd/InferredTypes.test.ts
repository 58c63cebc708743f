import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

const orders = `id,zip,day,sum,paid,note
9007199254740993,01234,2020-05-18,12.50,true,a
-7,99999,2021-12-31,0.1,false,

,,,,,
`

/** Enough rows before a value that changes a type that the rewrite of the table can be observed. */
const many = `a,b,c\n${"1234567,2020-05-18 12:00:00,12.50\n".repeat(600_000)}1.5,2020-05-18 12:00,\n`

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "type inference",
  (it) => {
    it.effect("types=infer gives a column the type that fits all its values, and the job reports it", () =>
      Effect.gen(function* () {
        const { api, environment, files, sql } = yield* TestService
        yield* startWorker(environment)
        yield* files.serve("/orders.csv", CsvServer.file(orders))
        const jobId = yield* api.create(files.url("/orders.csv"), { types: "infer" })
        const job = yield* api.reaches(jobId, "completed", "failed")
        assert.deepStrictEqual(
          job.columns?.map(({ name, type }) => [name, type]),
          [
            ["id", "bigint"],
            ["zip", "text"],
            ["day", "date"],
            ["sum", "numeric"],
            ["paid", "boolean"],
            ["note", "text"],
          ],
        )
        const rows = yield* sql`
          select id::text, zip, day::text, sum::text, paid, note from ${sql(job.table)} order by zip`
        assert.deepStrictEqual(rows, [
          { id: "9007199254740993", zip: "01234", day: "2020-05-18", sum: "12.50", paid: true, note: "a" },
          { id: "-7", zip: "99999", day: "2021-12-31", sum: "0.1", paid: false, note: null },
          { id: null, zip: null, day: null, sum: null, paid: null, note: null },
        ])
      }),
    )

    it.effect("a load can be cancelled from another process while its table is rewritten", () =>
      Effect.gen(function* () {
        const { api, environment, files, loadingBackends, sql, tables } = yield* TestService
        const worker = yield* startWorker(environment)
        yield* files.serve("/many.csv", CsvServer.file(many))
        const jobId = yield* api.create(files.url("/many.csv"), { types: "infer" })
        yield* sql`
          select from pg_stat_activity
          where datname = current_database() and state = 'active' and query like 'alter table%'`.pipe(
          Effect.repeat({ until: (found) => found.length > 0 }),
        )
        const cancelledAt = yield* Clock.currentTimeMillis
        assert.strictEqual((yield* api.cancel(jobId)).status, 200)
        yield* loadingBackends.pipe(
          Effect.filterOrFail(
            (backends) => backends === 0,
            () => "a backend is still loading",
          ),
          Effect.retry(Schedule.spaced("10 millis").pipe(Schedule.upTo({ duration: "10 seconds" }))),
        )
        // Promised: a cancel ends a load within a second. The other second allows for a loaded machine.
        assert.isBelow((yield* Clock.currentTimeMillis) - cancelledAt, 2000)
        yield* worker.logged((line) => line["job_id"] === jobId && line["outcome"] === "cancelled")
        const job = yield* api.status(jobId)
        assert.strictEqual(job.state, "cancelled")
        assert.notInclude(yield* tables, job.table)
      }),
    )
  },
)
