import { assert, it } from "@effect/vitest"
import { arrangementOf, arrangeRows, changesRows } from "../../../src/Csv/columns/arrangeRows.ts"
import { decodeRows } from "../../../src/Csv/record/CopyBinary.ts"
import { batchFrom } from "../../support/SinkLoads.ts"

const rows = [
  ["a", null, "ü"],
  ["", "long".repeat(50), null],
]

const arranged = (order: ReadonlyArray<number>, last: string | null) => {
  const { bytes } = arrangeRows(arrangementOf(order, 3, last), 3)(batchFrom(1, ...rows))
  return decodeRows(bytes, Infinity)
}

it("puts fields into another order, leaves some out, and fills missing ones with NULL", () => {
  assert.deepStrictEqual(arranged([2, 0, 1], null), [
    ["ü", "a", null],
    [null, "", "long".repeat(50)],
  ])
  assert.deepStrictEqual(arranged([1, -1], null), [
    [null, null],
    ["long".repeat(50), null],
  ])
})

it("adds a field to each row", () => {
  assert.deepStrictEqual(
    arranged([0, 1, 2], "ß"),
    rows.map((row) => [...row, "ß"]),
  )
  assert.deepStrictEqual(
    arranged([-1, -1, -1, -1], ""),
    rows.map(() => [null, null, null, null, ""]),
  )
})

it("leaves rows alone if nothing changes", () => {
  const batch = batchFrom(1, ...rows)
  const arrangement = arrangementOf([0, 1, 2], 3, null)
  assert.isFalse(changesRows(arrangement))
  assert.strictEqual(arrangeRows(arrangement, 3)(batch), batch)
})

it("finds the place of a rejected row in its file", () => {
  const asked: Array<number> = []
  const batch = {
    ...batchFrom(1, ...rows),
    rejectRow: (_: number, column: number) => {
      asked.push(column)
      return { line: 2, byteOffset: 5, raw: "", rawBytes: 0 }
    },
  }
  const { rejectRow } = arrangeRows(arrangementOf([2, -1], 3, "file"), 3)(batch)
  assert.deepStrictEqual(
    [1, 2, 3].map((column) => rejectRow?.(0, column).column),
    [3, null, null],
  )
  assert.deepStrictEqual(asked, [3, 1, 1])
})
