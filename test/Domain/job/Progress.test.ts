import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { fromCounters, noCounters, Progress } from "../../../src/Domain/job/Progress.ts"

const counters = {
  bytesReceived: 250,
  bytesTotal: 1000,
  rowsLoaded: 3,
  rowsRejected: 1,
  file: null,
  resumes: 2,
}

describe("progress", () => {
  it("has the percentage, speed and time left of a running job", () => {
    assert.deepStrictEqual(fromCounters(counters, 5, true), {
      ...counters,
      percent: 25,
      bytesPerSecond: 50,
      etaSeconds: 15,
    })
  })

  it("has no percentage and no time left for a file of unknown size", () => {
    const { percent, etaSeconds, bytesPerSecond } = fromCounters({ ...counters, bytesTotal: null }, 5, true)
    assert.deepStrictEqual([percent, etaSeconds, bytesPerSecond], [null, null, 50])
  })

  it("has no speed before time has passed, and no time left before bytes have been received", () => {
    for (const elapsed of [null, 0]) {
      const { bytesPerSecond, etaSeconds } = fromCounters(counters, elapsed, true)
      assert.deepStrictEqual([bytesPerSecond, etaSeconds], [null, null])
    }
    const { bytesPerSecond, etaSeconds } = fromCounters({ ...counters, bytesReceived: 0 }, 5, true)
    assert.deepStrictEqual([bytesPerSecond, etaSeconds], [0, null])
  })

  it("has no time left when it is not running", () => {
    assert.isNull(fromCounters(counters, 5, false).etaSeconds)
  })

  it("has the recent speed while it is running, and then the mean", () => {
    const running = fromCounters(counters, 5, true, 75)
    assert.deepStrictEqual([running.bytesPerSecond, running.etaSeconds], [75, 10])
    assert.strictEqual(fromCounters(counters, 5, true, 0).etaSeconds, null)
    assert.strictEqual(fromCounters(counters, 5, false, 75).bytesPerSecond, 50)
    assert.strictEqual(fromCounters(counters, null, true, 75).bytesPerSecond, null)
  })

  it("is 100 % for an empty file, and never more than 100 %", () => {
    assert.strictEqual(fromCounters({ ...noCounters, bytesTotal: 0 }, 1, true).percent, 100)
    const { percent, etaSeconds } = fromCounters({ ...counters, bytesReceived: 2000 }, 5, true)
    assert.deepStrictEqual([percent, etaSeconds], [100, 0])
  })

  it("is rounded, and below 100 % before the last byte", () => {
    const { percent, bytesPerSecond, etaSeconds } = fromCounters(
      { ...counters, bytesReceived: 333, bytesTotal: 999 },
      7,
      true,
    )
    assert.deepStrictEqual([percent, bytesPerSecond, etaSeconds], [33.3, 48, 14])
    assert.isBelow(
      fromCounters({ ...counters, bytesReceived: 99_999, bytesTotal: 100_000 }, 7, true).percent!,
      100,
    )
  })

  it.prop(
    "is always a valid progress",
    [Schema.Natural, Schema.NullOr(Schema.Natural), Schema.NullOr(Schema.Natural), Schema.Boolean],
    ([bytesReceived, bytesTotal, elapsed, isRunning]) => {
      const progress = fromCounters({ ...noCounters, bytesReceived, bytesTotal }, elapsed, isRunning)
      assert.isTrue(Schema.is(Progress)(progress))
      if (progress.percent !== null) assert.isTrue(progress.percent >= 0 && progress.percent <= 100)
    },
  )
})
