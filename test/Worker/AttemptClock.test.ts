import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { maxPoints } from "../../src/Domain/job/attempts/Throughput.ts"
import { AttemptClock } from "../../src/Worker/AttemptClock.ts"
import { ProgressCounter } from "../../src/Worker/ProgressCounter.ts"

/** A clock that the test moves, and the progress beside it. */
const started = () => {
  const time = { seconds: 1000 }
  const progress = new ProgressCounter()
  return { clock: new AttemptClock(() => time.seconds * 1000, progress), progress, time }
}

it.effect("an attempt's phases follow each other, and a phase that is entered twice is one", () =>
  Effect.gen(function* () {
    const { clock, time } = started()
    const { enter, measure } = clock.timeline
    clock.secondsWaited = 0.25
    time.seconds += 2
    yield* enter("loading")
    time.seconds += 1.5
    yield* enter("loading")
    time.seconds += 1.5
    yield* enter("indexing")
    time.seconds += 4
    clock.end()
    time.seconds += 100
    const { phases } = yield* measure
    assert.deepStrictEqual(phases, [
      { phase: "waiting", seconds: 0.25 },
      { phase: "opening", seconds: 2 },
      { phase: "loading", seconds: 3 },
      { phase: "indexing", seconds: 4 },
    ])
    assert.strictEqual(clock.millisIn("opening", "loading"), 5000)
  }),
)

it.effect("the throughput of any time has at most 60 points at equal distances, and the end", () =>
  Effect.gen(function* () {
    const { clock, progress, time } = started()
    assert.isUndefined(clock.report().throughput)
    for (let second = 1; second <= 10_000; second++) {
      time.seconds += 1
      progress.rowsLoaded += 7
      const { throughput = [] } = clock.report()
      assert.isAtMost(throughput.length, maxPoints - 1)
      // Nothing is written in vain.
      if (second > 1000 && throughput.length > 0) assert.strictEqual(second % 16, 0)
    }
    time.seconds += 0.5
    const { throughput } = yield* clock.timeline.measure
    assert.isAtLeast(throughput.length, maxPoints / 2)
    assert.isAtMost(throughput.length, maxPoints)
    assert.deepStrictEqual(throughput.at(-1), {
      elapsedSeconds: 10_000.5,
      bytesReceived: 0,
      rowsLoaded: 70_000,
    })
    const gaps = throughput
      .slice(0, -1)
      .map((point, index, all) => point.elapsedSeconds - (all[index - 1]?.elapsedSeconds ?? 0))
    assert.deepStrictEqual([...new Set(gaps)], [256])
    for (const { elapsedSeconds, rowsLoaded } of throughput)
      assert.strictEqual(rowsLoaded, 7 * Math.floor(elapsedSeconds))
  }),
)
