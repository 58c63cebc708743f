import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { CsvOptions } from "../../../src/Domain/load/CsvOptions.ts"
import { encodingOf, encodings } from "../../../src/Domain/load/Encoding.ts"

const decode = Schema.decodeUnknownExit(CsvOptions)
const isRefused = (options: unknown): boolean => decode(options)._tag === "Failure"

describe("CSV options", () => {
  it("may all be left out, or all be given", () => {
    const all = {
      delimiter: "\t",
      quote: null,
      escape: "\\",
      encoding: "utf-8",
      header: "auto",
      skipLines: 3,
      comment: "#",
      nullValues: ["NA", ""],
    } as const
    assert.deepStrictEqual(Schema.decodeSync(CsvOptions)({}), {})
    assert.deepStrictEqual(Schema.decodeSync(CsvOptions)(all), all)
  })

  it("take signs of one ASCII character that is no line ending", () => {
    for (const sign of ["", ",,", "é", "\n", "\r", "\0", "\x7f", 1])
      assert.isTrue(isRefused({ delimiter: sign }), JSON.stringify(sign))
    assert.isTrue(isRefused({ delimiter: null }))
    assert.isTrue(isRefused({ escape: null }))
  })

  it("do not take one sign for two meanings, but the quote may escape itself", () => {
    assert.isTrue(isRefused({ delimiter: '"', quote: '"' }))
    assert.isTrue(isRefused({ delimiter: "#", comment: "#" }))
    assert.isTrue(isRefused({ quote: "'", comment: "'" }))
    assert.isTrue(isRefused({ delimiter: ";", escape: ";" }))
    assert.isFalse(isRefused({ quote: "'", escape: "'" }))
    assert.isFalse(isRefused({ quote: null, comment: null }))
  })

  it("take an encoding by any of its labels and keep its name", () => {
    for (const [label, name] of [
      ["Latin1", "windows-1252"],
      ["cp1250", "windows-1250"],
      ["UTF-16", "utf-16le"],
      ["sjis", "shift_jis"],
      ["ascii", "windows-1252"],
    ] as const)
      assert.strictEqual(Schema.decodeSync(CsvOptions)({ encoding: label }).encoding, name)
    for (const label of ["", "utf-32", "ebcdic", "iso-2022-jp", "replacement"])
      assert.isTrue(isRefused({ encoding: label }), label)
  })

  it("know encodings that the platform has, by their own names", () => {
    for (const encoding of encodings) assert.strictEqual(encodingOf(encoding), encoding)
  })

  it("bound the lines to skip and the texts for NULL", () => {
    for (const skipLines of [-1, 1.5, 10_001, "1"]) assert.isTrue(isRefused({ skipLines }), `${skipLines}`)
    assert.isTrue(isRefused({ nullValues: Array.from({ length: 101 }, String) }))
    assert.isTrue(isRefused({ header: "yes" }))
  })
})
