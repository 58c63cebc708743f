import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { typed } from "../../../src/Domain/load/columns/Column.ts"
import { columnNames } from "../../../src/Domain/load/columns/ColumnNames.ts"
import { loadError } from "../../../src/Domain/load/LoadError.ts"
import {
  batchFrom,
  findings,
  header,
  jobOf,
  load,
  oneRow,
  rowOf,
  rowsFrom,
  running,
  tables,
} from "../../support/SinkLoads.ts"
import { asSomeCaller } from "../../support/someCaller.ts"
import { expectedLogs } from "../../support/expectedLogs.ts"
import * as TestBackend from "../../support/TestBackend.ts"

/** The server processes of load connections and their states. */
const loadBackends = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  return yield* sql<{ pid: number; state: string }>`
    select pid, state from pg_stat_activity
    where datname = current_database() and application_name = 'sluice load'`
})

for (const streams of ["1", "3"])
  layer(
    Layer.provideMerge(
      TestBackend.layer({ COPY_STREAMS: streams }),
      expectedLogs("a load connection was lost"),
    ),
    {
      excludeTestServices: true,
      timeout: Duration.seconds(60),
    },
  )(`CopySink on Postgres over ${streams} connections`, (it) => {
    it.effect("a load creates a table with the header's columns and completes its job", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt, jobId } = yield* running
        const rows = yield* load(
          attempt,
          Stream.make(oneRow, batchFrom(2, ["2", null, "ü", "\\", "\n"], ["3", "", "", "", ""])),
        )
        assert.strictEqual(rows, 3)
        const stored = yield* sql`select * from public.${sql(attempt.table)} order by id`
        assert.deepStrictEqual(stored, [
          { id: "1", select: "a\tb", 'say "hi"': null, column_4: "", id_2: "last" },
          { id: "2", select: null, 'say "hi"': "ü", column_4: "\\", id_2: "\n" },
          { id: "3", select: "", 'say "hi"': "", column_4: "", id_2: "" },
        ])
        const comments = yield* sql<{ comment: string | null }>`
        select col_description(attrelid, attnum) as comment from pg_attribute
        where attrelid = ${`public.${attempt.table}`}::regclass and attnum > 0 order by attnum`
        assert.deepStrictEqual(
          comments.map(({ comment }) => comment),
          // Only the second column named id has another name than its header cell.
          [null, null, null, null, "id"],
        )
        const job = yield* jobOf(jobId)
        assert.strictEqual(job.state, "completed")
        assert.deepStrictEqual(job.columns, typed(columnNames(header), []))
        assert.strictEqual(job.compression, "gzip+zip")
        assert.deepStrictEqual([job.progress.rowsLoaded, job.progress.bytesReceived], [3, 42])
        const { dialect, encoding, encodingGuess, lines, rejects, repairs, skipped, warnings } = job
        const shown = { dialect, encoding, encodingGuess, lines, rejects, repairs, skipped, warnings }
        assert.deepStrictEqual<object>(shown, findings)
      }),
    )

    it.effect("a file without rows becomes an empty table", () =>
      Effect.gen(function* () {
        const { attempt, jobId } = yield* running
        assert.strictEqual(yield* load(attempt, Stream.empty), 0)
        assert.include(yield* tables, attempt.table)
        assert.strictEqual((yield* jobOf(jobId)).state, "completed")
      }),
    )

    it.effect("a failing source leaves no table and an unchanged job, and returns its own error", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const { attempt, jobId } = yield* running
        const broken = Stream.concat(
          Stream.make(oneRow),
          Stream.fail(loadError("source_interrupted", "the source broke off")),
        )
        const error = yield* Effect.flip(load(attempt, broken))
        assert.strictEqual(error._tag === "LoadError" && error.code, "source_interrupted")
        assert.sameMembers(yield* tables, before)
        assert.strictEqual((yield* jobOf(jobId)).state, "active")
      }),
    )

    it.effect("the error for a row that Postgres rejects has the record number", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const { attempt } = yield* running
        const error = yield* Effect.flip(
          load(attempt, Stream.make(oneRow, batchFrom(2, ["2", null, null, "", ""], ["3", "too", "few"]))),
        )
        if (error._tag !== "LoadError") return assert.fail("expected a LoadError")
        assert.strictEqual(error.code, "target_rejected")
        assert.strictEqual(error.place.record, 3)
        assert.sameMembers(yield* tables, before)
      }),
    )

    it.effect("a load whose job was cancelled before the commit commits nothing", () =>
      Effect.gen(function* () {
        const { jobs, attempt, jobId } = yield* running
        const error = yield* Effect.flip(
          load(attempt, Stream.make(oneRow), { onSettling: asSomeCaller(Effect.orDie(jobs.cancel(jobId))) }),
        )
        assert.strictEqual(error._tag, "ClaimLost")
        assert.notInclude(yield* tables, attempt.table)
        assert.strictEqual((yield* jobOf(jobId)).state, "cancelled")
      }),
    )

    it.effect(
      "if a job has two attempts, only the one whose claim holds commits, and neither blocks the other",
      () =>
        Effect.gen(function* () {
          const { jobs, queue, attempt, jobId } = yield* running
          const firstIsCopying = yield* Deferred.make<void>()
          const letFirstEnd = yield* Deferred.make<void>()
          const paused = Stream.concat(
            Stream.make(oneRow),
            Stream.fromEffectDrain(
              Effect.andThen(Deferred.succeed(firstIsCopying, undefined), Deferred.await(letFirstEnd)),
            ),
          )
          const zombie = yield* Effect.forkChild(Effect.flip(load(attempt, paused)))
          yield* Deferred.await(firstIsCopying)
          yield* jobs.retry(attempt.claim, loadError("database_unavailable", "lost"), Duration.zero)
          const claims = yield* queue.claim(100)
          const claim = claims.find(({ claim }) => claim.jobId === jobId)?.claim
          const [second] = yield* jobs.begin(claim === undefined ? [] : [claim])
          if (second === undefined) return assert.fail("the job was not claimed again")
          assert.strictEqual(yield* load(second, Stream.make(oneRow)), 1)
          yield* Deferred.succeed(letFirstEnd, undefined)
          assert.strictEqual((yield* Fiber.join(zombie))._tag, "ClaimLost")
          assert.lengthOf(
            (yield* tables).filter((name) => name === attempt.table),
            1,
          )
          assert.strictEqual((yield* jobOf(jobId)).progress.rowsLoaded, 1)
        }),
    )

    it.effect("an interrupted load leaves no table, and its connections can be reused", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const { attempt } = yield* running
        const isCopying = yield* Deferred.make<void>()
        const endless = Stream.concat(
          Stream.make(oneRow),
          Stream.fromEffectDrain(Effect.andThen(Deferred.succeed(isCopying, undefined), Effect.never)),
        )
        const loading = yield* Effect.forkChild(load(attempt, endless))
        yield* Deferred.await(isCopying)
        const during = yield* loadBackends
        yield* Fiber.interrupt(loading)
        assert.sameMembers(yield* tables, before)
        assert.sameDeepMembers(
          [...(yield* loadBackends)],
          during.map(({ pid }) => ({ pid, state: "idle" })),
        )
      }),
    )

    it.effect("an interruption during the commit takes effect after it, and the table is there", () =>
      Effect.gen(function* () {
        const { attempt, jobId } = yield* running
        const isSettling = yield* Deferred.make<void>()
        const maySettle = yield* Deferred.make<void>()
        const committed: Array<number> = []
        const loading = yield* Effect.forkChild(
          load(attempt, Stream.make(oneRow), {
            onSettling: Effect.andThen(Deferred.succeed(isSettling, undefined), Deferred.await(maySettle)),
            onCommitted: (rows) => Effect.sync(() => void committed.push(rows)),
          }),
        )
        yield* Deferred.await(isSettling)
        const interrupting = yield* Effect.forkChild(Fiber.interrupt(loading))
        yield* Effect.yieldNow
        yield* Deferred.succeed(maySettle, undefined)
        yield* Fiber.join(interrupting)
        assert.deepStrictEqual(committed, [1])
        assert.include(yield* tables, attempt.table)
        assert.strictEqual((yield* jobOf(jobId)).state, "completed")
      }),
    )

    if (streams === "1")
      it.effect("a small load has no transaction before it settles its claim", () =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const { attempt, jobId } = yield* running
          const open: Array<unknown> = []
          const onSettling = Effect.map(
            sql`
              select query from pg_stat_activity
              where datname = current_database() and application_name = 'sluice load' and xact_start is not null`,
            (found) => void open.push(...found),
          )
          const batches = Stream.make(oneRow, batchFrom(2, rowOf(2), rowOf(3)))
          assert.strictEqual(yield* load(attempt, batches, { onSettling: Effect.orDie(onSettling) }), 3)
          assert.deepStrictEqual(open, [])
          const { progress, table } = yield* jobOf(jobId)
          assert.deepStrictEqual(
            [progress.rowsLoaded, yield* sql`select count(*)::int as rows from public.${sql(table)}`],
            [3, [{ rows: 3 }]],
          )
        }),
      )

    it.effect("a table of 1,000 rows has statistics when it appears", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt, jobId } = yield* running
        const rows = Array.from({ length: 1000 }, (_, n) => rowOf(n))
        yield* load(attempt, Stream.make(batchFrom(1, ...rows)))
        const { table } = yield* jobOf(jobId)
        assert.isNotEmpty(yield* sql`select from pg_stats where tablename = ${table}`)
        assert.deepStrictEqual(yield* sql`select reltuples from pg_class where relname = ${table}`, [
          { reltuples: 1000 },
        ])
      }),
    )

    it.effect("nothing is committed if the server counts more or fewer rows than were sent", () =>
      Effect.gen(function* () {
        const before = yield* tables
        const { attempt, jobId } = yield* running
        for (const batch of [
          { ...oneRow, rows: 2 },
          { ...batchFrom(1, rowOf(1), rowOf(2)), rows: 1 },
        ]) {
          const error = yield* Effect.flip(load(attempt, Stream.make(batch)))
          assert.strictEqual(error._tag === "LoadError" && error.code, "internal_error")
        }
        assert.sameMembers(yield* tables, before)
        assert.strictEqual((yield* jobOf(jobId)).state, "active")
      }),
    )

    it.effect("nothing is committed if the job's record belongs to another attempt or is missing", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const before = yield* tables
        const { attempt, jobId, queue } = yield* running
        for (const change of [
          sql`update sluice.job set retry_count = retry_count + 1 where id = ${jobId}`,
          sql`delete from sluice.job where id = ${jobId}`,
        ]) {
          const onSettling = Effect.orDie(Effect.asVoid(change))
          const error = yield* Effect.flip(load(attempt, Stream.make(oneRow), { onSettling }))
          assert.strictEqual(error._tag === "LoadError" && error.code, "internal_error")
          assert.sameMembers(yield* tables, before)
          assert.deepStrictEqual(yield* queue.touch([attempt.claim]), [attempt.claim])
        }
      }),
    )

    it.effect("a table that someone else has created meanwhile is not changed", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const { attempt } = yield* running
        yield* sql`create table public.${sql(attempt.table)} as select 'precious' as thing`
        const error = yield* Effect.flip(load(attempt, Stream.make(oneRow)))
        assert.strictEqual(error._tag === "LoadError" && error.code, "table_exists")
        assert.deepStrictEqual(yield* sql`select * from public.${sql(attempt.table)}`, [
          { thing: "precious" },
        ])
      }),
    )

    it.effect("a server process killed during COPY causes database_unavailable", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const before = yield* tables
        const { attempt } = yield* running
        // Repeated until a COPY runs.
        const kill = sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'sluice load' and state = 'active'`.pipe(
          Effect.repeat({ until: (killed) => killed.length > 0 }),
          Effect.orDie,
        )
        // More than a load that is one message.
        const many = Array.from({ length: 5000 }, (_, n) => rowOf(n))
        const batches = Stream.concat(
          Stream.make(batchFrom(1, ...many)),
          Stream.concat(Stream.fromEffectDrain(kill), rowsFrom(1 + many.length)),
        )
        const error = yield* Effect.flip(load(attempt, batches))
        assert.strictEqual(error._tag === "LoadError" && error.code, "database_unavailable")
        assert.sameMembers(yield* tables, before)
        const again = yield* running
        assert.strictEqual(yield* load(again.attempt, Stream.make(oneRow)), 1)
      }),
    )
  })
