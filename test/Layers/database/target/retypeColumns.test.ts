import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { columnNames } from "../../../../src/Domain/load/columns/ColumnNames.ts"
import type { ColumnType } from "../../../../src/Domain/load/columns/ColumnType.ts"
import { batchFrom, jobOf, load, rowOf, running, tables } from "../../../support/SinkLoads.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const types: ReadonlyArray<ColumnType> = ["bigint", "timestamptz", "text", "jsonb", "boolean"]
const inferred = { columnTypes: types }

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
          { type: "bigint", comment: "id" },
          { type: "timestamp with time zone", comment: "select" },
          { type: "text", comment: 'say "hi"' },
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
          types,
        )
      }),
    )

    it.effect("leaves all columns text if rows with the types do not fit in a page", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt, jobId } = yield* running
        const columns = columnNames(Array.from({ length: 1600 }, (_, n) => `c${n}`))
        const columnTypes = columns.map((): ColumnType => "bigint")
        const batch = batchFrom(
          1,
          columns.map(() => "7"),
        )
        assert.strictEqual(yield* load(attempt, Stream.make(batch), { columns, columnTypes }), 1)
        assert.deepStrictEqual(yield* sql`select c0, c1599 from public.${sql(attempt.table)}`, [
          { c0: "7", c1599: "7" },
        ])
        const job = yield* jobOf(jobId)
        assert.isTrue(job.columns?.every(({ type }) => type === "text"))
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
              where datname = current_database() and state = 'active' and query like 'savepoint retyping%'`.pipe(
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
