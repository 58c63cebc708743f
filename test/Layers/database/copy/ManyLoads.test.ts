import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../../../src/Domain/load/CopyBatch.ts"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import { Caller, CallerId } from "../../../../src/Domain/service/Caller.ts"
import { sweep } from "../../../../src/Layers/database/copy/StagingSweep.ts"
import { batchFrom, jobOf, load, mixedBatch, running, tables } from "../../../support/SinkLoads.ts"
import { someCaller } from "../../../support/someCaller.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const outcomes = ["completes", "completes", "source fails", "row is rejected", "is interrupted"] as const

const batchSize = 70
const isRejected = (record: number) => record % 7 === 3
const bad = (firstRecord: number): CopyBatch => batchFrom(firstRecord, ["too", "few"])

/** Runs one load to its outcome. Returns how many of its records must be stored. */
const loadWithOutcome = Effect.fnUntraced(function* (
  attempt: Effect.Success<typeof running>["attempt"],
  number: number,
) {
  const outcome = outcomes[number % outcomes.length]!
  const count = 1 + ((number * 7) % 40)
  const whole = Stream.map(Stream.rechunk(Stream.range(0, count - 1), 1), (n) =>
    mixedBatch(1 + n * batchSize, batchSize, isRejected),
  )
  const next = 1 + count * batchSize
  const reached = yield* Deferred.make<void>()
  const ends = {
    completes: Stream.empty,
    "source fails": Stream.fail(loadError("source_interrupted", "broke off")),
    "row is rejected": Stream.make(bad(next)),
    "is interrupted": Stream.fromEffectDrain(
      Effect.andThen(Deferred.succeed(reached, undefined), Effect.never),
    ),
  }
  const loading = yield* Effect.forkChild(load(attempt, Stream.concat(whole, ends[outcome])))
  if (outcome === "is interrupted") {
    yield* Deferred.await(reached)
    yield* Fiber.interrupt(loading)
  }
  const exit = yield* Fiber.await(loading)
  assert.strictEqual(exit._tag, outcome === "completes" ? "Success" : "Failure", outcome)
  return outcome === "completes" ? count * batchSize : 0
})

for (const streams of ["1", "3"])
  layer(TestBackend.layer({ COPY_STREAMS: streams, WORKER_CONCURRENCY: "4" }), {
    excludeTestServices: true,
    timeout: Duration.seconds(60),
  })(`four slots of ${streams} connections`, (it) => {
    it.effect("sixty loads with all outcomes, during sweeps, leave whole tables or nothing", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        // Each of another caller, because one caller may not have more running jobs than there are slots.
        const attempts = yield* Effect.forEach(Array.from({ length: 60 }), (_, number) =>
          Effect.provideService(running, Caller, {
            ...someCaller,
            id: CallerId.make(`caller ${number}`),
          }),
        )
        const [{ queue }] = attempts as [Effect.Success<typeof running>]
        const held = attempts.map(({ attempt }) => attempt.claim)
        const sweeping = yield* Effect.forkChild(
          Effect.forever(Effect.andThen(queue.touch(held), Effect.andThen(sweep(), Effect.yieldNow))),
        )
        const expected = yield* Effect.forEach(
          attempts,
          ({ attempt }, number) => loadWithOutcome(attempt, number),
          {
            concurrency: 4,
          },
        )
        yield* Fiber.interrupt(sweeping)
        const finished = attempts.filter((_, number) => expected[number]! > 0)
        assert.sameMembers(
          yield* tables,
          finished.map(({ attempt }) => attempt.table),
        )
        for (const [number, { attempt, jobId }] of attempts.entries()) {
          const [found] = yield* sql<{ rejects: number }>`
            select count(*)::int as rejects from sluice.reject where job_id = ${jobId}`
          const { progress, state } = yield* jobOf(jobId)
          assert.strictEqual(state, expected[number] === 0 ? "active" : "completed")
          if (expected[number] === 0) {
            assert.strictEqual(found?.rejects, 0)
            continue
          }
          const [table] = yield* sql<{ rows: number; different: number }>`
            select count(*)::int as rows, count(distinct id)::int as different from public.${sql(attempt.table)}`
          assert.strictEqual(table?.rows, table?.different)
          assert.deepStrictEqual([table?.rows, found?.rejects], [progress.rowsLoaded, progress.rowsRejected])
          assert.strictEqual(progress.rowsLoaded + progress.rowsRejected, expected[number])
        }
        const busy = yield* sql`
          select pid, query from pg_stat_activity
          where datname = current_database() and application_name = 'sluice load' and state <> 'idle'`
        assert.deepStrictEqual(busy, [])
      }),
    )
  })
