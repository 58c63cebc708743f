import { assert, describe, it } from "@effect/vitest"
import { decideAfterCrashes } from "../../../src/Domain/job/CrashDecision.ts"

describe("the decision after crashes", () => {
  it("is a normal load after one crash, a load alone from the second on, and failure after the fifth", () => {
    assert.deepStrictEqual([0, 1, 2, 3, 4, 5, 6].map(decideAfterCrashes), [
      "Load",
      "Load",
      "LoadAlone",
      "LoadAlone",
      "LoadAlone",
      "GiveUp",
      "GiveUp",
    ])
  })
})
