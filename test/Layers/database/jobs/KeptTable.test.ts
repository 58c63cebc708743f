import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type KeptReject, longestRaw } from "../../../../src/Domain/load/Reject.ts"
import { keptTables } from "../../../../src/Layers/database/jobs/KeptTable.ts"
import { run } from "../../../../src/Layers/database/postgres/Statement.ts"
import { running } from "../../../support/SinkLoads.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const table = keptTables.rejects

const reject = (record: number, length: number): KeptReject => ({
  record,
  line: record,
  column: 1,
  byteOffset: record * length,
  reason: "ragged_record",
  message: "The record has too many fields.",
  raw: "x".repeat(length),
  rawBytes: length,
  fileUrl: "http://files.example/a.csv",
})

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a page of rejects",
  (it) => {
    it.effect.each([
      { count: 400, length: longestRaw, pages: 4 },
      { count: 1000, length: 10, pages: 1 },
      { count: 1001, length: 10, pages: 2 },
      { count: 1, length: longestRaw, pages: 1 },
      { count: 0, length: 10, pages: 1 },
    ])(
      "has at most 1 MiB of $count records of $length bytes, and all pages have all",
      ({ count, length, pages }) =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const { jobId } = yield* running
          const all = Array.from({ length: count }, (_, index) => reject(2 * index + 1, length))
          if (count > 0) yield* run(sql, table.insert(jobId, all))
          const read: Array<KeptReject> = []
          let after = 0
          for (let page = 1; page <= pages; page++) {
            const rows = yield* run(sql, table.page({ jobId, owner: null }, { after, limit: 1000 }))
            const items = table.itemsOf(rows, 1000)
            assert.isAtMost(JSON.stringify(items.items).length, 1024 * 1024 + longestRaw)
            assert.strictEqual(items.next, page === pages ? null : items.items.at(-1)?.record)
            read.push(...items.items)
            after = items.next ?? 0
          }
          assert.deepStrictEqual(read, all)
          const part = yield* run(
            sql,
            table.page({ jobId, owner: null }, { after: 101, last: 105, limit: 1000 }),
          )
          assert.deepStrictEqual(
            table.itemsOf(part, 1000).items,
            all.filter(({ record }) => record > 101 && record <= 105),
          )
        }),
    )
  },
)
