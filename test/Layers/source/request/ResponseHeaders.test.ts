import { assert, describe, it } from "@effect/vitest"
import { parseContentRange } from "../../../../src/Layers/source/request/ResponseHeaders.ts"

describe("a Content-Range", () => {
  it("has first and last byte, and the size unless it is unknown", () => {
    assert.deepStrictEqual(parseContentRange("bytes 42-1233/1234"), { first: 42, last: 1233, size: 1234 })
    assert.deepStrictEqual(parseContentRange(" Bytes 0-0/1 "), { first: 0, last: 0, size: 1 })
    assert.deepStrictEqual(parseContentRange("bytes 42-1233/*"), { first: 42, last: 1233, size: null })
  })

  it.each([
    undefined,
    "",
    "bytes */1234",
    "bytes 42-1234/1234",
    "bytes 43-42/1234",
    "bytes 42-/1234",
    "bytes -42/1234",
    "bytes 42-1233",
    "bytes 42-1233/1234, 1240-1250/1300",
    "items 42-1233/1234",
    "bytes 42-9007199254740992/*",
    "bytes 1e1-20/30",
  ])("is invalid: %s", (header) => {
    assert.strictEqual(parseContentRange(header), null)
  })
})
