import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { parseRowsRequest } from "../../../src/Domain/rows/RowsRequest.ts"

const list = (count: number, member: string) => Array.from({ length: count }, () => member).join(",")

describe("a request for rows", () => {
  it("may have 100 comparisons and 100 columns of an order", () => {
    assert.isTrue(
      Result.isSuccess(
        parseRowsRequest([
          ["a", "eq.1"],
          ["or", `(${list(99, "a.eq.1")})`],
          ["order", list(100, "a")],
        ]),
      ),
    )
    for (const [name, value, field] of [
      ["or", `(and(${list(50, "a.eq.1")}),${list(51, "a.eq.1")})`, "query"],
      ["order", list(101, "a"), "order"],
    ] as const) {
      const issues = Result.getOrThrow(Result.flip(parseRowsRequest([[name, value]])))
      assert.deepStrictEqual(
        issues.map((issue) => issue.field),
        [field],
      )
      assert.include(issues[0]?.message ?? "", "101")
    }
  })

  it("selects each column once", () => {
    const repeated = parseRowsRequest([["select", "a,b,a"]])
    assert.deepStrictEqual(Result.getOrThrow(Result.flip(repeated)), [
      { field: "select", message: 'select names "a" twice' },
    ])
  })
})
