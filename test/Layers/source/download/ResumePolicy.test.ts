import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { attemptDelay, defaultPolicy } from "../../../../src/Layers/source/download/ResumePolicy.ts"

const millis = (fruitless: number, jitter = 0) =>
  Duration.toMillis(attemptDelay(defaultPolicy, fruitless, jitter))

describe("the delay before an attempt to resume", () => {
  it("is zero for the first, then doubles up to five seconds", () => {
    assert.deepStrictEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 100].map((fruitless) => millis(fruitless)),
      [0, 200, 400, 800, 1600, 3200, 5000, 5000, 5000],
    )
  })

  it("is longer by up to a quarter", () => {
    assert.strictEqual(millis(1, 0.5), 225)
    assert.isBelow(millis(9, 0.999), 6250)
    assert.strictEqual(millis(0, 0.999), 0)
  })

  it("is 11.2 s in total", () => {
    const all = Array.from({ length: defaultPolicy.maxFruitlessAttempts }, (_, fruitless) =>
      millis(fruitless),
    )
    assert.strictEqual(
      all.reduce((sum, delay) => sum + delay),
      11_200,
    )
  })
})
