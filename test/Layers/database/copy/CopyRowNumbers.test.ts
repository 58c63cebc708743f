import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import { CopyRowNumbers } from "../../../../src/Layers/database/copy/CopyRowNumbers.ts"
import { mixedBatch } from "../../../support/SinkLoads.ts"

const errorAt = (row: number) => loadError("target_rejected", "rejected", { place: { record: row } })

/** For each record, in batches, whether it is a reject. */
const anyFile = Arbitrary.schema(Schema.Array(Schema.Array(Schema.Boolean)))

describe("the row numbers of a COPY", () => {
  it.prop("give the record number of each row, with rejects in between", [anyFile], ([batches]) => {
    const numbers = new CopyRowNumbers()
    const rows: Array<number> = []
    let next = 1
    for (const isRejected of batches) {
      const first = next
      numbers.add(mixedBatch(first, isRejected.length, (record) => isRejected[record - first]!))
      for (const rejected of isRejected) {
        if (!rejected) rows.push(next)
        next++
      }
    }
    assert.strictEqual(numbers.sent, rows.length)
    for (const [index, record] of rows.entries())
      assert.strictEqual(numbers.locate(errorAt(index + 1)).place.record, record)
  })

  it("are kept for the latest batches only, and null for older rows", () => {
    const numbers = new CopyRowNumbers()
    for (let n = 0; n < 5000; n++) numbers.add(mixedBatch(1 + n * 2, 2, (record) => record % 2 === 0))
    assert.strictEqual(numbers.locate(errorAt(5000)).place.record, 9999)
    assert.strictEqual(numbers.locate(errorAt(1)).place.record, null)
  })

  it("leave other errors unchanged", () => {
    const numbers = new CopyRowNumbers()
    numbers.add(mixedBatch(7, 3, () => false))
    const lost = loadError("database_unavailable", "gone", { place: { record: 1 } })
    assert.strictEqual(numbers.locate(lost), lost)
  })
})
