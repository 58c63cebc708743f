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
      ["or", `(and(${list(50, "a.eq.1")}),${list(51, "a.eq.1")})`, null],
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

  it.each([
    ["offset", "the header Link has the address of the next page"],
    ["page", "the header Link has the address of the next page"],
    ["sort", "order=fare.desc"],
    ["fields", "select=city,fare"],
    ["per_page", "limit=50"],
  ])("with the parameter %s of other APIs is told what this one has instead", (name, advice) => {
    const [issue] = Result.getOrThrow(Result.flip(parseRowsRequest([[name, "5"]])))
    assert.strictEqual(issue?.field, name)
    assert.include(issue?.message ?? "", advice)
    // A column may have the name.
    assert.isTrue(Result.isSuccess(parseRowsRequest([[name, "eq.5"]])))
  })

  it("selects each column once", () => {
    const repeated = parseRowsRequest([["select", "a,b,a"]])
    assert.deepStrictEqual(Result.getOrThrow(Result.flip(repeated)), [
      { field: "select", message: 'select names "a" twice' },
    ])
  })
})
