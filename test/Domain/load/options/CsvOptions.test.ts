import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { CsvOptions } from "../../../../src/Domain/load/options/CsvOptions.ts"
import { encodingOf, encodings } from "../../../../src/Domain/load/Encoding.ts"

const decode = Schema.decodeUnknownExit(CsvOptions)
const nullValues = (written: Schema.Json) => Schema.decodeSync(CsvOptions)({ nullValues: written }).nullValues
const isRefused = (options: unknown): boolean => decode(options)._tag === "Failure"

describe("CSV options", () => {
  it("may all be omitted, or all be given", () => {
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

  it("take one ASCII character that is not a line ending, or up to eight as delimiter", () => {
    for (const character of ["", ",".repeat(9), "é", "\n", "|\r", "\0", "\x7f", 1])
      assert.isTrue(isRefused({ delimiter: character }), JSON.stringify(character))
    for (const delimiter of ["\u0001", "||", " ", "\t", "::"]) assert.isFalse(isRefused({ delimiter }))
    assert.isTrue(isRefused({ quote: '""' }))
    assert.isTrue(isRefused({ escape: "\u0001" }))
    assert.isFalse(isRefused({ delimiter: null }))
    assert.isTrue(isRefused({ escape: null }))
  })

  it("take usual delimiters by name, in any case, and no other word", () => {
    for (const [written, delimiter] of [
      ["comma", ","],
      ["Semicolon", ";"],
      ["PIPE", "|"],
      ["Tab", "\t"],
      ["space", " "],
      ["none", null],
      ["t", "t"],
    ] as const)
      assert.strictEqual(Schema.decodeSync(CsvOptions)({ delimiter: written }).delimiter, delimiter)
    for (const delimiter of ["commas", "colon", "TSV", "auto"]) assert.isTrue(isRefused({ delimiter }))
  })

  it("take texts for NULL as a JSON array, and numbers by their digits", () => {
    assert.deepStrictEqual(nullValues('["NA","NULL"]'), ["NA", "NULL"])
    assert.deepStrictEqual(nullValues("[-999, 0]"), ["-999", "0"])
    assert.deepStrictEqual(nullValues(["NA", -99.5]), ["NA", "-99.5"])
    assert.deepStrictEqual(nullValues(-1), ["-1"])
    for (const text of ["[", "[none]", "NA,NULL", '"NA"', "{}"])
      assert.deepStrictEqual(nullValues(text), [text])
    assert.deepStrictEqual(nullValues(['["NA"]', "x"]), ['["NA"]', "x"])
    for (const refused of [null, [null], "[true]", {}]) assert.isTrue(isRefused({ nullValues: refused }))
  })

  it("refuse one character for two meanings, except a quote that escapes itself", () => {
    assert.isTrue(isRefused({ delimiter: '"', quote: '"' }))
    assert.isTrue(isRefused({ delimiter: "#", comment: "#" }))
    assert.isTrue(isRefused({ quote: "'", comment: "'" }))
    assert.isTrue(isRefused({ delimiter: ";", escape: ";" }))
    assert.isFalse(isRefused({ quote: "'", escape: "'" }))
    assert.isFalse(isRefused({ quote: null, comment: null }))
  })

  it("take an encoding by any of its labels and decode to its name", () => {
    for (const [label, name] of [
      ["Latin1", "windows-1252"],
      ["cp1250", "windows-1250"],
      ["UTF-16", "utf-16le"],
      ["sjis", "shift_jis"],
      ["ascii", "windows-1252"],
    ] as const)
      assert.strictEqual(Schema.decodeSync(CsvOptions)({ encoding: label }).encoding, name)
    for (const label of ["", "ebcdic", "utf-7", "replacement"])
      assert.isTrue(isRefused({ encoding: label }), label)
  })

  it("take an encoding by the names of Windows and Python", () => {
    const names = {
      cp932: "shift_jis",
      ms936: "gbk",
      cp949: "euc-kr",
      cp950: "big5",
      "utf-8-sig": "utf-8",
      cp65001: "utf-8",
    }
    for (const [label, name] of Object.entries(names)) assert.strictEqual(encodingOf(label), name)
    for (const label of ["cp999", "xcp932", "utf-8-signed"]) assert.isNull(encodingOf(label), label)
  })

  it("name encodings as the platform does", () => {
    for (const encoding of encodings) assert.strictEqual(encodingOf(encoding), encoding)
  })

  it("limit the lines to skip and the texts for NULL", () => {
    for (const skipLines of [-1, 1.5, 10_001, "one"]) assert.isTrue(isRefused({ skipLines }), `${skipLines}`)
    assert.isTrue(isRefused({ nullValues: Array.from({ length: 101 }, String) }))
    assert.isTrue(isRefused({ header: "yes" }))
  })

  it("may be written as the texts of a form", () => {
    assert.deepStrictEqual(
      Schema.decodeSync(CsvOptions)({ delimiter: "tab", quote: "none", header: "false", skipLines: "1" }),
      { delimiter: "\t", quote: null, header: false, skipLines: 1 },
    )
  })
})
