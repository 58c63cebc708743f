import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import * as Schema from "effect/Schema"
import { TablesPage } from "../../src/Api/contract/TablesApi.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

const Listed = Schema.toCodecJson(TablesPage)

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
          const { body } = yield* api.get("/tables")
          const { tables } = yield* Schema.decodeUnknownEffect(Listed)(body)
          const listed = tables.find((each) => each.table === job.table)
          assert.strictEqual(listed?.jobId, jobId)
          assert.strictEqual(listed?.fileUrl, job.fileUrl)
          assert.deepStrictEqual([listed?.rowsLoaded, listed?.rowsEstimate], [2000, 2000])
          assert.strictEqual(listed?.comment, table?.comment)
          assert.isAbove(listed?.bytes ?? 0, 100_000)
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
        assert.deepStrictEqual(yield* errorOf("a,b\n1,x\n,y\n", { primaryKey: "a" }), [
          "primary_key_violated",
          'The primary key (a) has NULL: record 2, on line 3, has no value in column "a". Correct the record, or choose columns that always have values.',
        ])
        assert.deepStrictEqual(
          yield* errorOf("a,b\n1,x\n2\n1,2,3\n3,\n", { primaryKey: ["a", "b"], types: "infer" }),
          [
            "primary_key_violated",
            'The primary key (a, b) has NULL: record 4, on line 5, has no value in column "b". Correct the record, or choose columns that always have values.',
          ],
        )
        const long = "1234567890".repeat(30)
        const [, duplicate] = yield* errorOf(`a\n${long}\n${long}\n`, { primaryKey: "a" })
        assert.match(duplicate ?? "", /more than one row has \(a\)=\(1234567890[0-9]*… \(306 characters\)\.$/)
        assert.deepStrictEqual(yield* errorOf("name,b\n1,x\n", { index: "nam", primaryKey: "b" }), [
          "columns_mismatch",
          'The option index names "nam", which the table does not have: did you mean "name"?',
        ])
        assert.deepStrictEqual(yield* errorOf("name,b\n1,x\n", { primaryKey: "zzzzzz" }), [
          "columns_mismatch",
          'The option primaryKey names "zzzzzz", which the table does not have: it has "name", "b"',
        ])
        assert.deepStrictEqual(
          yield* errorOf("Name,b\n1,x\n", { primaryKey: "Name,name", columns: { Name: "name" } }),
          ["columns_mismatch", 'primaryKey names column "name" twice: give it once'],
        )
      }),
    )

    it.effect("fails with the column and the limit if a value is too long for an index", () =>
      Effect.gen(function* () {
        const { api, environment, files } = yield* TestService
        yield* startWorker(environment)
        // Random, so that Postgres cannot compress it below the limit.
        const long = randomBytes(6000).toString("base64")
        yield* files.serve("/long.csv", CsvServer.file(`a,b\n1,${long}\n`))
        for (const option of ["primaryKey", "index"]) {
          const jobId = yield* api.create(files.url("/long.csv"), { [option]: "b" })
          const { error } = yield* api.reaches(jobId, "completed", "failed")
          assert.strictEqual(error?.code, "target_rejected")
          assert.match(
            error?.message ?? "",
            new RegExp(`The option ${option} cannot have column "b".*2704 bytes`),
          )
          assert.notInclude(error?.message, jobId)
        }
      }),
    )

    it.effect("gives its keys free names if theirs are in use", () =>
      Effect.gen(function* () {
        const { api, environment, files, sql } = yield* TestService
        yield* startWorker(environment)
        yield* files.serve("/named.csv", CsvServer.file("a,b\n1,x\n"))
        yield* sql`create table public.named_pkey (n int)`
        yield* sql`create sequence public.named_idx1`
        yield* sql`create view public.named_idx1_2 as select 1`
        const jobId = yield* api.create(files.url("/named.csv"), {
          tableName: "named",
          primaryKey: "a",
          index: ["b", "b,a"],
        })
        const job = yield* api.reaches(jobId, "completed", "failed")
        assert.strictEqual(job.state, "completed", job.error?.message)
        const indexes = yield* sql<{ indexname: string }>`
          select indexname from pg_indexes where tablename = 'named' order by indexname`
        assert.deepStrictEqual(
          indexes.map(({ indexname }) => indexname),
          ["named_idx1_3", "named_idx2", "named_pkey_2"],
        )
      }),
    )

    it.effect("fails with the name in use if the table's name is taken by something else meanwhile", () =>
      Effect.gen(function* () {
        const { api, environment, files, sql } = yield* TestService
        yield* files.serve("/taken.csv", CsvServer.file("a,b\n1,x\n"))
        const jobIds = yield* Effect.forEach(["an_index", "a_type", "a_sequence"], (tableName) =>
          api.create(files.url("/taken.csv"), { tableName }),
        )
        yield* sql`create table public.other (n int)`
        yield* sql`create index an_index on public.other (n)`
        yield* sql`create type public.a_type as enum ('x')`
        yield* sql`create sequence public.a_sequence`
        yield* startWorker(environment)
        for (const jobId of jobIds) {
          const { error, table } = yield* api.reaches(jobId, "completed", "failed")
          assert.strictEqual(error?.code, "table_exists", error?.message)
          assert.match(error?.message ?? "", new RegExp(`"${table}" already exists`))
        }
      }),
    )
  },
)
