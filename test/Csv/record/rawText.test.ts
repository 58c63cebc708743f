import { assert, describe, it } from "@effect/vitest"
import { rawText } from "../../../src/Csv/record/rawText.ts"
import { longestRaw } from "../../../src/Domain/load/Reject.ts"
import { bytes, utf8 } from "../readingCsv.ts"

describe("the text of a reject", () => {
  it("is the record as it is in the file", () => {
    for (const text of ["", "a,b", "\ufeffž🦆\r\n", "\ufffd", "\\x00"])
      assert.strictEqual(rawText(utf8(text)), text)
  })

  it("has NULs and invalid bytes as hexadecimal numbers", () => {
    assert.strictEqual(
      rawText(bytes("a", 0, "ž", 0xff, 0xc3, ",", 0xe2, 0x82)),
      "a\\x00ž\\xFF\\xC3,\\xE2\\x82",
    )
    assert.strictEqual(rawText(bytes(0xed, 0xa0, 0x80, "\ufffd")), "\\xED\\xA0\\x80\ufffd")
  })

  it("is cut between characters", () => {
    for (const [character, size] of [
      ["x", 1],
      ["ž", 2],
      ["東", 3],
      ["🦆", 4],
    ] as const)
      for (const before of ["", "a", "ab", "abc", "\0"]) {
        const text = rawText(utf8(before + character.repeat(longestRaw)))
        const written = utf8(text).length
        assert.isTrue(written <= longestRaw && written > longestRaw - size, `${written}`)
        assert.isTrue(text.endsWith(character))
      }
    assert.strictEqual(rawText(new Uint8Array(longestRaw)), "\\x00".repeat(longestRaw / 4))
  })
})
