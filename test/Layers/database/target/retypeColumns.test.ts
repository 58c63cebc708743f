import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { type ColumnChange, castChange } from "../../../../src/Domain/load/columns/ColumnChange.ts"
import type { CopyBatch } from "../../../../src/Domain/load/CopyBatch.ts"
import type { ColumnType } from "../../../../src/Domain/load/columns/ColumnType.ts"
import { batchFrom, jobOf, load, mixedBatch, rowOf, running, tables } from "../../../support/SinkLoads.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const types: ReadonlyArray<ColumnType> = ["bigint", "timestamptz", "text", "jsonb", "boolean"]
const conversions = types.flatMap((type, column) => (type === "text" ? [] : [castChange(column, type)]))
const inferred = { changes: conversions }

/** A batch that needs changes before its rows. */
const changing = (batch: CopyBatch, ...changes: ReadonlyArray<ColumnChange>): CopyBatch => ({
  ...batch,
  changes,
})

const loadConnections = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  return yield* sql<{ pid: number; state: string }>`
    select pid, state from pg_stat_activity
    where datname = current_database() and application_name = 'sluice load' order by pid`
})

for (const streams of ["1", "2"])
  layer(TestBackend.layer({ COPY_STREAMS: streams }), {
    excludeTestServices: true,
    timeout: Duration.seconds(60),
  })(`the conversion of types in a load over ${streams} connections`, (it) => {
    it.effect("changes the columns' types and keeps the headers", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt, jobId } = yield* running
        const rows = batchFrom(
          1,
          ["9007199254740993", "2020-05-18 12:00:00+02", " kept ", '{"a": [1]}', "true"],
          [null, null, null, null, null],
        )
        assert.strictEqual(yield* load(attempt, Stream.make(rows), inferred), 2)
        const columns = yield* sql`
          select format_type(atttypid, atttypmod) as type, col_description(attrelid, attnum) as comment
          from pg_attribute where attrelid = ${`public.${attempt.table}`}::regclass and attnum > 0 order by attnum`
        assert.deepStrictEqual(columns, [
          { type: "bigint", comment: null },
          { type: "timestamp with time zone", comment: null },
          { type: "text", comment: null },
          { type: "jsonb", comment: null },
          { type: "boolean", comment: "id" },
        ])
        const [row] = yield* sql`
          select id::text, extract(epoch from "select")::bigint::text as epoch, "say ""hi""" as kept,
            column_4->'a'->0 as one, id_2 from public.${sql(attempt.table)} where id is not null`
        assert.deepInclude(row, { id: "9007199254740993", epoch: "1589796000", kept: " kept ", id_2: true })
        const job = yield* jobOf(jobId)
        assert.deepStrictEqual(
          job.columns?.map(({ type }) => type),
          [...types],
        )
      }),
    )

    it.effect("goes on between two COPYs, with all rows and rejects once", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        for (const hasRejects of [false, true]) {
          const { attempt, jobId, jobs } = yield* running
          const isRejected = (record: number) => hasRejects && record % 100 === 0
          const before = Array.from({ length: 20 }, (_, n) => mixedBatch(1 + 50 * n, 50, isRejected))
          const between = Array.from({ length: 20 }, (_, n) => mixedBatch(1001 + 50 * n, 50, isRejected))
          const after = Array.from({ length: 20 }, (_, n) => mixedBatch(2001 + 50 * n, 50, isRejected))
          const first = changing(between[0]!, {
            column: 0,
            type: "text",
            using: (name) => `lpad(${name}, 4, '0')`,
          })
          const second = changing(after[0]!, castChange(1, "text"), {
            column: 2,
            type: "text",
            using: (name) => `${name} || '!'`,
          })
          const batches = [...before, first, ...between.slice(1), second, ...after.slice(1)]
          const rows = hasRejects ? 2970 : 3000
          assert.strictEqual(yield* load(attempt, Stream.fromIterable(batches)), rows)
          const [found] = yield* sql`
            select count(*)::int as rows, count(distinct id)::int as ids, count(*) filter (where "say ""hi""" = '!')::int as changed
            from public.${sql(attempt.table)}`
          assert.deepStrictEqual(found, { rows, ids: rows, changed: hasRejects ? 1980 : 2000 })
          const kept = yield* jobs.rejects(jobId, { after: 0, limit: 100 })
          assert.strictEqual(kept.items.length, 3000 - rows)
        }
      }),
    )

    it.effect("that a value does not fit in fails permanently and leaves nothing of either COPY", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const { attempt } = yield* running
        const second = changing(batchFrom(2, rowOf(2)), castChange(1, "bigint"))
        const batches = Stream.make(batchFrom(1, ["1", "x", "", "", ""]), second)
        const error = yield* Effect.flip(load(attempt, batches))
        assert.strictEqual(error._tag === "LoadError" ? error.code : "", "target_rejected")
        assert.sameMembers(yield* tables, before)
      }),
    )

    it.effect("fails permanently if a type does not fit a value, and leaves nothing", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const { attempt, jobId } = yield* running
        const batches = Stream.make(batchFrom(1, ["x", null, null, null, null]))
        const error = yield* Effect.flip(load(attempt, batches, inferred))
        if (error._tag !== "LoadError") return assert.fail("expected a LoadError")
        assert.deepStrictEqual([error.code, error.isRetryable], ["target_rejected", false])
        assert.match(error.message, /^The types inferred .* types=text/)
        assert.sameMembers(yield* tables, before)
        assert.strictEqual((yield* jobOf(jobId)).state, "active")
      }),
    )

    it.effect("is cancelled by an interruption, leaves nothing, and keeps the connections", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const before = yield* tables
        const { attempt } = yield* running
        const sleepingAlterTable = Effect.acquireRelease(
          sql`create event trigger slow_alter on ddl_command_start when tag in ('ALTER TABLE')
            execute function public.sleep_a_minute()`,
          () => Effect.orDie(sql`drop event trigger slow_alter`),
        )
        yield* sql`
          create or replace function public.sleep_a_minute() returns event_trigger language plpgsql
          as $$ begin perform pg_sleep(60); end $$`
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* sleepingAlterTable
            const rows = Stream.make(batchFrom(1, ["1", null, "", null, "true"]))
            const loading = yield* Effect.forkChild(load(attempt, rows, inferred))
            yield* sql`
              select from pg_stat_activity
              where datname = current_database() and state = 'active' and query like 'alter table%'`.pipe(
              Effect.repeat({ until: (found) => found.length > 0 }),
            )
            const connections = yield* loadConnections
            // Far less than the minute that ALTER TABLE takes, and enough for a busy machine.
            yield* Effect.timeout(Fiber.interrupt(loading), "20 seconds")
            // Without the cancel, the connection would be closed.
            assert.deepStrictEqual(
              yield* loadConnections,
              connections.map(({ pid }) => ({ pid, state: "idle" })),
            )
          }),
        )
        assert.sameMembers(yield* tables, before)
        const again = yield* running
        assert.strictEqual(yield* load(again.attempt, Stream.make(batchFrom(1, rowOf(1)))), 1)
      }),
    )
  })
