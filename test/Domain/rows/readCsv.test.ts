import { assert, describe, it } from "@effect/vitest"
import { readCsv } from "../../../src/Domain/rows/readCsv.ts"

describe("readCsv", () => {
  it("distinguishes null from an empty text", () =>
    assert.deepStrictEqual(readCsv('a,b\n,""\n"",\n'), [
      ["a", "b"],
      [null, ""],
      ["", null],
    ]))

  it("reads quotes, commas and line ends in quoted fields", () =>
    assert.deepStrictEqual(readCsv('a\n"x ""y"", z\nw"\n'), [["a"], ['x "y", z\nw']]))

  it("reads an empty line as a record of one null", () =>
    assert.deepStrictEqual(readCsv("a\n\n1\n"), [["a"], [null], ["1"]]))

  it("reads a long text", () => {
    const text = '""'.repeat(200_000)
    assert.strictEqual(readCsv(`a\n"${text}"\n`)[1]?.[0]?.length, 200_000)
  })

  it("fails for a response that was cut within quotes", () => assert.throws(() => readCsv('a\n"x')))
})
