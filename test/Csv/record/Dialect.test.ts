import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { standard } from "../../../src/Csv/record/Dialect.ts"
import { cut, refusalOf, scan, table, utf8 } from "../readingCsv.ts"

describe("a dialect", () => {
  it.effect("may have another delimiter, such as a tab", () =>
    Effect.gen(function* () {
      const semicolons = yield* table('a;b\n1,5;"x;y"\n', { dialect: { ...standard, delimiter: ";" } })
      assert.deepStrictEqual(semicolons.rows, [["1,5", "x;y"]])
      const tabs = yield* table('a\tb\n\t"x\ty"\n', { dialect: { ...standard, delimiter: "\t" } })
      assert.deepStrictEqual(tabs.rows, [[null, "x\ty"]])
    }),
  )

  it.effect("may have another quote or none", () =>
    Effect.gen(function* () {
      const single = { ...standard, quote: "'", escape: "'" }
      assert.deepStrictEqual((yield* table("a,b\n'it''s, ok',\"x\"\n", { dialect: single })).rows, [
        ["it's, ok", '"x"'],
      ])
      const none = { ...standard, quote: null }
      assert.deepStrictEqual((yield* table('a,b\n"x,y"\n', { dialect: none })).rows, [['"x', 'y"']])
    }),
  )

  it.effect("may have another escape, which is an ordinary character elsewhere", () =>
    Effect.gen(function* () {
      const dialect = { ...standard, escape: "\\" }
      const { rows } = yield* table('a,b\n"say \\"hi\\"","c:\\\\dir\\new"\n\\,"\\,"\n', { dialect })
      assert.deepStrictEqual(rows, [
        ['say "hi"', "c:\\dir\\new"],
        ["\\", "\\,"],
      ])
      assert.strictEqual((yield* refusalOf('a\n"x""y"\n', { dialect })).code, "text_after_quote")
      assert.strictEqual((yield* refusalOf('a\n"x\\', { dialect })).code, "unterminated_quote")
      const circumflex = { ...standard, escape: "^" }
      assert.deepStrictEqual((yield* table('a\n"^"^^^x^""\n', { dialect: circumflex })).rows, [['"^^x"']])
    }),
  )

  it("loses nothing if an escape doubles the output of a byte at the end of the buffer", () => {
    const dialect = { ...standard, escape: "\\" }
    for (const lead of ["", "x", "xx", "xxx"]) {
      const file = utf8(`a\n"${lead}${"\\\t".repeat(60_000)}"\n`)
      const { rows } = scan(cut(file, 1), { dialect })
      assert.strictEqual(rows[0]?.[0], lead + "\\\t".repeat(60_000))
    }
  })

  it.effect("may treat CR as text", () =>
    Effect.gen(function* () {
      const dialect = { ...standard, recordEnd: "lf" as const }
      assert.deepStrictEqual((yield* table("a,b\n1\r2,3\r\n\r,4", { dialect })).rows, [
        ["1\r2", "3\r"],
        ["\r", "4"],
      ])
      assert.strictEqual((yield* refusalOf("a,b\n1\r2,3\r\n4", { dialect })).line, 4)
    }),
  )

  it.effect("may treat all empty fields as NULL, or none", () =>
    Effect.gen(function* () {
      const file = 'a,b,c\n,"",x\n"",,"x"\n'
      assert.deepStrictEqual((yield* table(file, { dialect: { ...standard, nulls: "empty" } })).rows, [
        [null, null, "x"],
        [null, null, "x"],
      ])
      assert.deepStrictEqual((yield* table(file, { dialect: { ...standard, nulls: "none" } })).rows, [
        ["", "", "x"],
        ["", "", "x"],
      ])
    }),
  )
})
