import { assert, describe, it } from "@effect/vitest"
import { shownText } from "../../src/Page/screens/preview/shownText.ts"

const beginningOnly = [{ code: "beginning_only", message: "", line: null }] as const

/** What a preview of `records` rows says, if `shown` of them are shown and the file has at least `read`. */
const textOf = (records: number, read: number, shown: number, isWhole = true) =>
  shownText(
    {
      records: Array.from({ length: records }, () => []),
      rejects: [],
      recordsRead: read,
      warnings: isWhole ? [] : beginningOnly,
    },
    shown,
  )

describe("the number of records that a preview shows", () => {
  it("is that of all, of those that are hidden, or of those that a preview has", () => {
    assert.strictEqual(textOf(0, 0, 0), "no records")
    assert.strictEqual(textOf(1, 1, 1), "1 record, all shown")
    assert.strictEqual(textOf(57, 57, 20), "first 20 of 57 records shown")
    assert.strictEqual(textOf(57, 57, 57), "57 records, all shown")
    assert.strictEqual(textOf(100, 1234, 100), "first 100 of 1,234 records shown, a preview has no more")
  })

  it("says whether the file may have more", () => {
    assert.strictEqual(textOf(100, 1234, 20, false), "first 20 of at least 1,234 records shown")
    assert.strictEqual(textOf(5, 5, 5, false), "first 5 of at least 5 records shown")
  })
})
