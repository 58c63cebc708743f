import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import {
  cutToBytes,
  quoteIdentifier,
  quoteLiteral,
} from "../../../../src/Domain/load/columns/SqlIdentifier.ts"

const size = (text: string): number => new TextEncoder().encode(text).length

describe("quoteIdentifier", () => {
  it("doubles a quote", () => {
    assert.strictEqual(quoteIdentifier("Trip Distance"), '"Trip Distance"')
    assert.strictEqual(quoteIdentifier('a"; drop table x; --'), '"a""; drop table x; --"')
  })
})

describe("quoteLiteral", () => {
  it("doubles a quote, and uses the escape form for a backslash", () => {
    assert.strictEqual(quoteLiteral("it's"), "'it''s'")
    assert.strictEqual(quoteLiteral("a\\'b"), "E'a\\\\''b'")
    assert.strictEqual(quoteLiteral(""), "''")
  })
})

describe("cutToBytes", () => {
  it("cuts only between characters", () => {
    assert.strictEqual(cutToBytes("abc", 3), "abc")
    assert.strictEqual(cutToBytes("abc", 2), "ab")
    assert.strictEqual(cutToBytes("éé", 3), "é")
    assert.strictEqual(cutToBytes("東x", 2), "")
    assert.strictEqual(cutToBytes("a🦆", 4), "a")
    assert.strictEqual(cutToBytes("a🦆", 5), "a🦆")
  })

  it.prop("returns the longest prefix that fits", [Schema.String, Schema.Natural], ([text, bytes]) => {
    const wellFormed = text.toWellFormed()
    const limit = bytes % 40
    const result = cutToBytes(wellFormed, limit)
    assert.isTrue(wellFormed.startsWith(result) && result.isWellFormed())
    assert.isAtMost(size(result), limit)
    const [following] = wellFormed.slice(result.length)
    if (following !== undefined) assert.isAbove(size(result + following), limit)
  })
})
