import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { attemptDelay, defaultPolicy } from "../../../../src/Layers/source/download/ResumePolicy.ts"

const millis = (failed: number, jitter = 0) => Duration.toMillis(attemptDelay(defaultPolicy, failed, jitter))

describe("the wait before a try to go on with a download", () => {
  it("is none for the first, then doubles up to five seconds", () => {
    assert.deepStrictEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 100].map((failed) => millis(failed)),
      [0, 200, 400, 800, 1600, 3200, 5000, 5000, 5000],
    )
  })

  it("is stretched by up to a quarter", () => {
    assert.strictEqual(millis(1, 0.5), 225)
    assert.isBelow(millis(9, 0.999), 6250)
    assert.strictEqual(millis(0, 0.999), 0)
  })

  it("adds up to what a restart takes", () => {
    const all = Array.from({ length: defaultPolicy.maxFruitlessAttempts }, (_, failed) => millis(failed))
    assert.strictEqual(
      all.reduce((sum, wait) => sum + wait),
      11_200,
    )
  })
})
