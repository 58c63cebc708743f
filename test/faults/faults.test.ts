import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { headline } from "./Report.ts"
import { run } from "./Run.ts"

/** Another seed tries other cases and another schedule: `npm run test:faults` runs longer ones. */
const seed = 20_261_124

it.live(
  "whatever is killed, cut and paused, at steps and at random, no job is lost and none is loaded twice",
  () =>
    Effect.gen(function* () {
      const result = yield* run({
        seed,
        millis: 10_000,
        cases: 6,
        jobsAtOnce: 12,
        isShort: true,
        drainMillis: 90_000,
      })
      assert.deepStrictEqual(result.violations, [])
      const dealt = headline(result)
      assert.isAbove(dealt.jobs, 20)
      assert.isAbove(dealt.kills, 2)
      assert.isAbove(dealt["downloads cut or stalled"], 2)
    }).pipe(Effect.provide(Logger.layer([]))),
  240_000,
)
