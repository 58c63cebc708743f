import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { fromCounters, noCounters, Progress } from "../../../src/Domain/job/Progress.ts"

const counters = { bytesReceived: 250, bytesTotal: 1000, rowsLoaded: 3, rowsRejected: 1, resumes: 2 }

describe("progress", () => {
  it("tells percent, speed and the time left of a running job", () => {
    assert.deepStrictEqual(fromCounters(counters, 5, true), {
      ...counters,
      percent: 25,
      bytesPerSecond: 50,
      etaSeconds: 15,
    })
  })

  it("knows neither percent nor time left of a file of unknown size", () => {
    const { percent, etaSeconds, bytesPerSecond } = fromCounters({ ...counters, bytesTotal: null }, 5, true)
    assert.deepStrictEqual([percent, etaSeconds, bytesPerSecond], [null, null, 50])
  })

  it("knows no speed before time has passed, and no time left before bytes have come", () => {
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

  it("is complete for an empty file, and never more than complete", () => {
    assert.strictEqual(fromCounters({ ...noCounters, bytesTotal: 0 }, 1, true).percent, 100)
    const { percent, etaSeconds } = fromCounters({ ...counters, bytesReceived: 2000 }, 5, true)
    assert.deepStrictEqual([percent, etaSeconds], [100, 0])
  })

  it("rounds what is shown, and does not show 100 before the last byte", () => {
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
