import { assert, describe, it } from "@effect/vitest"
import { crashVerdict } from "../../../src/Domain/job/CrashVerdict.ts"

describe("the verdict on a job whose workers died", () => {
  it("is another load as before the first time, alone from the second, and none after the fifth", () => {
    assert.deepStrictEqual([0, 1, 2, 3, 4, 5, 6].map(crashVerdict), [
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
