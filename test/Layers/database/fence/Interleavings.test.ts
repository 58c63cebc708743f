import { assert, describe, it } from "@effect/vitest"
import { exploreInterleavings } from "./exploreInterleavings.ts"

describe("a job whose table is in another database than the queue", () => {
  it("has one table if it completes and none otherwise, however its attempts and a cancel are interleaved", () => {
    const { states, unsettled, violations } = exploreInterleavings(true)
    assert.deepStrictEqual(violations, {})
    assert.deepStrictEqual(unsettled, [])
    assert.isAbove(states, 1000)
  })

  it("would have several tables, or one although it was cancelled or has failed, without the row", () => {
    const { violations } = exploreInterleavings(false)
    assert.containsAllKeys(violations, ["two tables", "cancelled, yet a table", "failed, yet a table"])
  })
})
