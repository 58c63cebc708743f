import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { startWorker } from "../../support/ServiceProcess.ts"
import { TestService } from "../../support/TestService.ts"
import { completed, noChanges as none, patience } from "./loadText.ts"

for (const streams of ["1", "2"])
  layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
    `load modes over ${streams} connections`,
    (it) => {
      it.effect(
        "make the table in the first load, and change it in the next ones",
        () =>
          Effect.gen(function* () {
            const { environment, sql } = yield* TestService
            yield* startWorker({ ...environment, COPY_STREAMS: streams })
            const options = { tableName: "orders", types: "infer" }
            const first = yield* completed("Order ID,note\n1,a\n2,b\n", { ...options, mode: "append" })
            assert.deepStrictEqual(first.changes, { ...none, inserted: 2 })
            assert.deepStrictEqual(first.schemaChanges, {
              created: true,
              added: [],
              missing: [],
              ignored: [],
            })
            // Another order of the columns.
            const second = yield* completed("note,Order ID\nc,3\n", { ...options, mode: "append" })
            assert.deepStrictEqual(second.changes, { ...none, inserted: 1 })
            assert.deepStrictEqual(second.schemaChanges?.created, false)
            const rows = sql`select "Order ID"::integer as id, note from orders order by 1`
            assert.deepStrictEqual(yield* rows, [
              { id: 1, note: "a" },
              { id: 2, note: "b" },
              { id: 3, note: "c" },
            ])
            const third = yield* completed("Order ID,note\n7,x\n", { ...options, mode: "replace" })
            assert.deepStrictEqual(third.changes, { ...none, inserted: 1, deleted: 3 })
            assert.deepStrictEqual(yield* rows, [{ id: 7, note: "x" }])
          }),
        patience,
      )

      it.effect(
        "upsert by a key",
        () =>
          Effect.gen(function* () {
            const { environment, sql } = yield* TestService
            yield* startWorker({ ...environment, COPY_STREAMS: streams })
            const options = { tableName: "stock", types: "infer", mode: "upsert", key: "id" }
            const first = yield* completed("id,n\n1,10\n2,20\n,1\n3,30\n", { ...options, maxBadRows: 1 })
            assert.deepStrictEqual(first.changes, { ...none, inserted: 3 })
            assert.deepStrictEqual(first.rejects, { null_value: 1 })
            const second = yield* completed("id,n\n1,10\n2,21\n4,40\n", options)
            assert.deepStrictEqual(second.changes, { ...none, inserted: 1, updated: 1, unchanged: 1 })
            const third = yield* completed("id,n\n1,10\n2,22\n2,23\n", {
              ...options,
              deleteMissing: true,
              onDuplicateKey: "last",
            })
            assert.deepStrictEqual(third.changes, {
              ...none,
              updated: 1,
              unchanged: 1,
              deleted: 2,
              duplicates: 1,
            })
            assert.deepStrictEqual(yield* sql`select id::integer, n::integer from stock order by 1`, [
              { id: 1, n: 10 },
              { id: 2, n: 23 },
            ])
          }),
        patience,
      )

      it.effect(
        "is written without the setting that writes the pages of a new table at once",
        () =>
          Effect.gen(function* () {
            const { environment, sql } = yield* TestService
            yield* startWorker({ ...environment, COPY_STREAMS: streams })
            yield* sql`create table flushed (n integer primary key, setting text default current_setting('backend_flush_after'))`
            yield* sql`alter table flushed owner to sluice_tables`
            for (const [number, mode] of [
              [1, { mode: "append" }],
              [2, { mode: "replace" }],
              [3, { mode: "upsert", key: "n" }],
            ] as const) {
              yield* completed(`n\n${number}\n`, { tableName: "flushed", onSchemaChange: "ignore", ...mode })
              assert.deepStrictEqual(
                yield* sql`select setting from flushed where n = ${number}`,
                [{ setting: "0" }],
                mode.mode,
              )
            }
          }),
        patience,
      )
    },
  )
