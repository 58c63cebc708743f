import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { headline } from "./Report.ts"
import { run } from "./Run.ts"

/** Determines the cases and the schedule. `npm run test:faults` runs longer, with a random seed. */
const seed = 20_261_124

it.live(
  "no job is lost or loaded twice when processes and connections are killed, cut and paused",
  () =>
    Effect.gen(function* () {
      const result = yield* run({
        seed,
        millis: 10_000,
        cases: 3,
        jobsAtOnce: 12,
        isShort: true,
        drainMillis: 90_000,
      })
      assert.deepStrictEqual(result.violations, [])
      const figures = headline(result)
      assert.isAbove(figures.jobs, 20)
      assert.isAbove(figures.kills, 2)
      assert.isAbove(figures["downloads cut or stalled"], 2)
    }).pipe(Effect.provide(Logger.layer([]))),
  240_000,
)
