import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Layer from "effect/Layer"
import { createSource, failRun, holding, makeDue, runDue, sourceOf } from "../../../support/sourceFixtures.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestLog } from "../../../support/TestLog.ts"

const key = (name: string, rest = "") => `${name}:submit:${"0".repeat(63)}${name.length}${rest}`

const layerLimited = TestBackend.layer({
  API_KEYS: `${key("valid")},${key("expired", ":2020-01-01")}`,
  UNFINISHED_JOBS_PER_CALLER: "1",
}).pipe(Layer.provideMerge(TestLog.layer))

layer(layerLimited, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "runs of sources with keys and limits",
  (it) => {
    /** A source from before this process whose next run is due. */
    const dueSource = Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { runs, sourceId } = yield* createSource({ schedule: { every: "1d" } })
      yield* failRun(runs[0]!.jobId)
      yield* sql`update sluice.source set created_at = now() - interval '1 day' where id = ${sourceId}`
      yield* makeDue(sourceId)
      return sourceId
    })

    for (const name of ["expired", "removed"])
      it.effect(`stop when their key is ${name}, and say so`, () =>
        holding(name)(
          Effect.gen(function* () {
            const sourceId = yield* dueSource
            yield* runDue
            const stopped = yield* sourceOf(sourceId)
            assert.deepInclude(stopped, { state: "stopped", nextRunAt: null })
            assert.include(stopped.stopReason, `The API key ${name}, which created the source, has expired`)
            assert.lengthOf(stopped.runs, 1)
          }),
        ),
      )

    it.effect("of a key that this process does not know yet are not stopped", () =>
      holding("newer")(
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const sourceId = yield* dueSource
          yield* sql`update sluice.source set created_at = now() where id = ${sourceId}`
          yield* runDue
          assert.strictEqual((yield* sourceOf(sourceId)).state, "active")
        }),
      ),
    )

    it.effect("are late, and not left out, because of a limit", () =>
      holding("valid")(
        Effect.gen(function* () {
          const sourceId = yield* dueSource
          const other = yield* createSource()
          yield* runDue
          const late = yield* sourceOf(sourceId)
          assert.deepInclude(late, { state: "active", skippedRuns: 0 })
          assert.isBelow(late.nextRunAt!.epochMilliseconds - Date.now(), 120_000)
          yield* failRun(other.runs[0]!.jobId)
          // A process remembers for a second that the limit was reached.
          yield* makeDue(sourceId).pipe(
            Effect.andThen(runDue),
            Effect.andThen(sourceOf(sourceId)),
            Effect.filterOrFail(({ runs }) => runs.length === 2),
            Effect.retry(Schedule.spaced("100 millis")),
            Effect.timeout("10 seconds"),
          )
        }),
      ),
    )
  },
)
