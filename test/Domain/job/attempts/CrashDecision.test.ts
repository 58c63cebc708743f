import { assert, describe, it } from "@effect/vitest"
import { isGivenUp, isSuspect } from "../../../../src/Domain/job/attempts/CrashDecision.ts"

describe("a job after crashes", () => {
  it("is a suspect from the third one on, and given up after the fifth", () => {
    const crashes = [0, 1, 2, 3, 4, 5, 6]
    assert.deepStrictEqual(crashes.filter(isSuspect), [3, 4, 5, 6])
    assert.deepStrictEqual(crashes.filter(isGivenUp), [5, 6])
  })
})
