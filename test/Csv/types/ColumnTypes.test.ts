import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import { anyValue } from "./anyValue.ts"
import { batchOf, columnsNot, inferringEncoder, typesOfRows } from "./inferring.ts"

describe("the type of a column", () => {
  it("is text when it has no values, when one is empty, and when nothing fits", () => {
    assert.isEmpty(
      columnsNot(
        "text",
        [null],
        [null, null],
        [""],
        ["1", ""],
        ["", "1"],
        ["a"],
        ["1", "a"],
        ["a", "1"],
        [" 1"],
      ),
    )
    assert.deepStrictEqual(inferringEncoder(2).types, ["text", "text"])
  })

  it("is not changed by NULLs", () => {
    assert.isEmpty(columnsNot("bigint", [null, "1", null], ["1", null]))
  })

  it("is that of each column alone", () => {
    const rows = [
      ["1", "x", "2024-01-01", null],
      ["2", null, "2024-02-29", null],
    ]
    assert.deepStrictEqual(typesOfRows(rows), ["bigint", "text", "date", "text"])
  })
})

describe("observing", () => {
  it.prop(
    "comes to the same however the rows are put into batches and ordered",
    [Arbitrary.array(Arbitrary.all([anyValue, anyValue]), { minLength: 1, maxLength: 12 })],
    ([rows]) => {
      const types = typesOfRows(rows)
      for (const size of [1, 2, 5]) assert.deepStrictEqual(typesOfRows(rows, size), types)
      assert.deepStrictEqual(typesOfRows(rows.toReversed()), types)
    },
    { arbitrary: { runs: 500 } },
  )

  it("reads a batch that begins in the middle of its buffer", () => {
    const batch = batchOf([["12"], ["13"]])
    const buffer = new Uint8Array(batch.length + 7)
    buffer.set(batch, 5)
    const encoder = inferringEncoder(1)
    encoder.observe(buffer.subarray(5, 5 + batch.length))
    assert.deepStrictEqual(encoder.types, ["bigint"])
  })
})
