import { assert, describe, it } from "@effect/vitest"
import { columnsNot } from "./inferring.ts"

describe("the type of a column", () => {
  it("is boolean for one pair of words", () => {
    assert.isEmpty(
      columnsNot(
        "boolean",
        ["true", "false"],
        ["true"],
        ["FALSE"],
        ["True", "False"],
        ["t", "f"],
        ["f", "t", "f"],
      ),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        ["t"],
        ["f", "f"],
        ["true", "False"],
        ["true", "t"],
        ["TRUE", "true"],
        ["tRUE"],
        ["T", "F"],
      ),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        ["yes", "no"],
        ["y", "n"],
        ["on", "off"],
        ["true", "1"],
        ["truf"],
        ["falsE"],
        ["fals"],
        ["true "],
      ),
    )
    assert.isEmpty(columnsNot("bigint", ["0", "1"]))
  })
})
