import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

const orders = `id,day,note
1,2024-01-31,a

2,31.01.2024,"b
c"
x,2024-02-01,d
4,,e
`

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "types that the user gives",
  (it) => {
    it.effect("are those of the header cells in the request, whatever an earlier request named", () =>
      Effect.gen(function* () {
        const { api, environment, files } = yield* TestService
        yield* startWorker(environment)
        yield* files.serve("/tabs.csv", CsvServer.file('a,"\t"\n1,2\n'))
        const typesWith = Effect.fnUntraced(function* (columns: object) {
          const jobId = yield* api.create(files.url("/tabs.csv"), { columns })
          const job = yield* api.reaches(jobId, "completed", "failed")
          return job.columns?.map(({ type }) => type) ?? job.error?.code
        })
        const one = { type: "integer" }
        assert.strictEqual(yield* typesWith({ a: one, "\\": one }), "columns_mismatch")
        assert.deepStrictEqual(yield* typesWith({ a: one, "\t": one }), ["integer", "integer"])
      }),
    )

    it.effect("reject the records whose values do not have them, with text, line and reason", () =>
      Effect.gen(function* () {
        const { api, environment, files, sql } = yield* TestService
        yield* startWorker(environment)
        yield* files.serve("/orders.csv", CsvServer.file(orders))
        const columns = { id: { type: "integer" }, day: { type: "date" } }
        const jobId = yield* api.create(files.url("/orders.csv"), { columns, maxBadRows: 2 })
        const job = yield* api.reaches(jobId, "completed", "failed")
        assert.strictEqual(job.state, "completed", job.error?.message)
        assert.deepStrictEqual(
          job.columns?.map(({ type }) => type),
          ["integer", "date", "text"],
        )
        assert.deepStrictEqual(yield* sql`select id, day::text, note from ${sql(job.table)} order by id`, [
          { id: 1, day: "2024-01-31", note: "a" },
          { id: 4, day: null, note: "e" },
        ])
        assert.deepStrictEqual(job.rejects, { type_mismatch: 2 })
        assert.deepStrictEqual(job.lines, { total: 7, header: 1, rows: 2, rejects: 3 })
        const { body } = yield* api.get(`/job_rejects?jobId=${jobId}`)
        assert.deepInclude(body, {
          rejects: [
            {
              record: 2,
              line: 4,
              column: 2,
              byteOffset: 30,
              reason: "type_mismatch",
              message:
                'Column "day" cannot be date: its value in record 2, on line 4, is "31.01.2024". It has dateFormat=DD.MM.YYYY. Correct the value, or give the column this text in nullValues, or another type.',
              raw: '2,31.01.2024,"b\nc"',
              rawBytes: 18,
              fileUrl: null,
            },
            {
              record: 3,
              line: 6,
              column: 1,
              byteOffset: 47,
              reason: "type_mismatch",
              message:
                'Column "id" cannot be integer: its value in record 3, on line 6, is "x". Correct the value, or give the column this text in nullValues, or another type.',
              raw: "x,2024-02-01,d",
              rawBytes: 14,
              fileUrl: null,
            },
          ],
        })
        const almost = yield* api.create(files.url("/orders.csv"), { types: "infer" })
        const inferred = yield* api.reaches(almost, "completed", "failed")
        assert.deepStrictEqual(inferred.almostTyped, [
          {
            column: "id",
            type: "bigint",
            misfits: 1,
            line: 6,
            value: "x",
            hint: 'columns={"id":{"type":"bigint"}}',
            choices: [{ type: "bigint", rejects: 1, options: { columns: { id: { type: "bigint" } } } }],
            message:
              'Column "id" stayed text: line 6: "x" is no bigint; all other values are: columns={"id":{"type":"bigint"}}?',
          },
          {
            column: "day",
            type: "date",
            misfits: 1,
            line: 4,
            value: "31.01.2024",
            hint: 'columns={"day":{"type":"date"}}',
            choices: [{ type: "date", rejects: 1, options: { columns: { day: { type: "date" } } } }],
            message:
              'Column "day" stayed text: line 4: "31.01.2024" is no date; all other values are: columns={"day":{"type":"date"}}?',
          },
        ])
        const strict = yield* api.create(files.url("/orders.csv"), { columns, onBadRow: "fail" })
        const failed = yield* api.reaches(strict, "completed", "failed")
        assert.deepInclude(failed.error, { code: "type_mismatch", record: 2, line: 4, column: 2 })
      }),
    )
  },
)
