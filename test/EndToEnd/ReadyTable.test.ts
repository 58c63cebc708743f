import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

const rows = Array.from(
  { length: 2000 },
  (_, n) => `${n},a${n % 7},01/${String((n % 28) + 1).padStart(2, "0")}/2024`,
)
const orders = `Order ID,kind,day\n${rows.join("\n")}\n`

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a published table",
  (it) => {
    for (const streams of ["1", "2"])
      it.effect(`has its keys, statistics and a comment, over ${streams} connections`, () =>
        Effect.gen(function* () {
          const { api, environment, files, sql } = yield* TestService
          yield* startWorker({ ...environment, COPY_STREAMS: streams })
          yield* files.serve("/orders.csv", CsvServer.file(orders))
          const jobId = yield* api.create(`${files.url("/orders.csv")}?token=secret`, {
            types: "lenient",
            primaryKey: "Order ID",
            index: ["kind,day", "day"],
            columns: { "Order ID": "id" },
          })
          const job = yield* api.reaches(jobId, "completed", "failed")
          assert.strictEqual(job.state, "completed", job.error?.message)
          assert.deepStrictEqual(
            job.columns?.map(({ name, type }) => [name, type]),
            [
              ["id", "bigint"],
              ["kind", "text"],
              ["day", "date"],
            ],
          )
          const indexes = yield* sql<{ indexname: string; indexdef: string }>`
            select indexname, indexdef from pg_indexes where tablename = ${job.table} order by indexname`
          assert.deepStrictEqual(
            indexes.map(({ indexdef, indexname }) => [indexname, indexdef.replace(/^.* USING /, "")]),
            [
              [`${job.table}_idx1`, "btree (kind, day)"],
              [`${job.table}_idx2`, "btree (day)"],
              [`${job.table}_pkey`, "btree (id)"],
            ],
          )
          const statistics = yield* sql`select attname from pg_stats where tablename = ${job.table}`
          assert.strictEqual(statistics.length, 3)
          const [table] = yield* sql<{ comment: string; rows: number }>`
            select obj_description(oid) as comment, reltuples as rows from pg_class where relname = ${job.table}`
          assert.strictEqual(table?.rows, 2000)
          assert.match(
            table?.comment ?? "",
            /^2000 rows from http.*orders\.csv\?token=\*\*\*, loaded by Sluice at 20/,
          )
          assert.include(table?.comment, jobId)
        }),
      )

    it.effect("is written as VACUUM FREEZE would leave it, if its types do not change in the end", () =>
      Effect.gen(function* () {
        const { api, environment, files, sql } = yield* TestService
        yield* startWorker({ ...environment, COPY_STREAMS: "1" })
        yield* files.serve("/frozen.csv", CsvServer.file(orders))
        const jobId = yield* api.create(files.url("/frozen.csv"), { types: "infer" })
        const job = yield* api.reaches(jobId, "completed", "failed")
        // Postgres 18 may leave empty pages at the end.
        const [table] = yield* sql`
          select relallvisible > relpages / 2 as frozen from pg_class where relname = ${job.table}`
        assert.deepStrictEqual(table, { frozen: true })
      }),
    )

    it.effect("does not appear if its primary key has duplicates or NULL, and the error names them", () =>
      Effect.gen(function* () {
        const { api, environment, files, tables } = yield* TestService
        yield* startWorker(environment)
        const errorOf = Effect.fnUntraced(function* (file: string, options: object) {
          yield* files.serve("/keys.csv", CsvServer.file(file))
          const job = yield* Effect.flatMap(api.create(files.url("/keys.csv"), { ...options }), (jobId) =>
            api.reaches(jobId, "completed", "failed"),
          )
          assert.notInclude(yield* tables, job.table)
          return [job.error?.code, job.error?.message]
        })
        assert.deepStrictEqual(yield* errorOf("a,b\n1,x\n2,y\n1,x\n", { primaryKey: "a,b" }), [
          "primary_key_violated",
          "The primary key (a, b) is not unique: more than one row has (a, b)=(1, x).",
        ])
        const [code, message] = yield* errorOf("a,b\n1,x\n,y\n", { primaryKey: "a" })
        assert.strictEqual(code, "primary_key_violated")
        assert.include(message, "The primary key (a) has NULL in some rows")
        assert.deepStrictEqual(yield* errorOf("a,b\n1,x\n", { index: "c" }), [
          "columns_mismatch",
          'The options primaryKey and index name "c", which is no column of the table.',
        ])
      }),
    )
  },
)
