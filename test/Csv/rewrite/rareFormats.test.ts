import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { CsvOptions } from "../../../src/Domain/load/options/CsvOptions.ts"
import { cut, foundOut, readAll, utf8 } from "../readingCsv.ts"

/** Header and rows, however the file is cut. */
const tableOf = Effect.fnUntraced(function* (file: string, options: CsvOptions = {}) {
  const { error, header, rows } = yield* foundOut([utf8(file)], options)
  assert.isNull(error)
  for (const size of [1, 2, 3, 7]) {
    const other = yield* foundOut(cut(utf8(file), size), options)
    assert.deepStrictEqual([other.header, other.rows], [header, rows], `by ${size}`)
  }
  return [header, ...rows]
})

describe("a delimiter", () => {
  it.effect("may be a control character", () =>
    Effect.gen(function* () {
      const file = "id\u0001name\n1\u0001Ann, B\n2\u0001\\N\n"
      assert.deepStrictEqual(yield* tableOf(file, { delimiter: "\u0001", nullValues: ["\\N"] }), [
        ["id", "name"],
        ["1", "Ann, B"],
        ["2", null],
      ])
    }),
  )

  it.effect("may have several characters", () =>
    Effect.gen(function* () {
      const file = 'id||name||n\n1||a|b||x\n2||"c||d"||"e ""f"""\n3||||y\n|||g|||\n'
      assert.deepStrictEqual(yield* tableOf(file, { delimiter: "||" }), [
        ["id", "name", "n"],
        ["1", "a|b", "x"],
        ["2", "c||d", 'e "f"'],
        ["3", null, "y"],
        [null, "|g", "|"],
      ])
      assert.deepStrictEqual(yield* tableOf("a~|~b\n1~|2~|~3~\n4~~|~5\n", { delimiter: "~|~" }), [
        ["a", "b"],
        ["1~|2", "3~"],
        ["4~", "5"],
      ])
    }),
  )

  it.effect("may be any number of spaces", () =>
    Effect.gen(function* () {
      const file = '  id   name  n\n   1   "Ann  B"  5  \n  12   Cy        6\n'
      assert.deepStrictEqual(yield* tableOf(file, { delimiter: " " }), [
        ["id", "name", "n"],
        ["1", "Ann  B", "5"],
        ["12", "Cy", "6"],
      ])
    }),
  )

  it.effect("is reported as given, and errors have their place in the file", () =>
    Effect.gen(function* () {
      const file = utf8("a::b\n1::2\n3::4::5\n")
      const { error, header } = yield* foundOut([file], { delimiter: "::" })
      assert.deepStrictEqual(header, ["a", "b"])
      assert.strictEqual(error?.code, "ragged_record")
      assert.strictEqual(error?.place.line, 3)
    }),
  )
})

describe("backslash escapes outside quotes", () => {
  it.effect("are read if the escape is a backslash", () =>
    Effect.gen(function* () {
      const file =
        'id,text,n\n1,hello\\, world,x\n2,a\\tb\\\\c,\\N\n3,two\\\nlines,\\N x\n4,say "hi",\\"\n\\.\n'
      assert.deepStrictEqual(yield* tableOf(file, { escape: "\\", quote: null, delimiter: "," }), [
        ["id", "text", "n"],
        ["1", "hello, world", "x"],
        ["2", "a\tb\\c", null],
        ["3", "two\nlines", "N x"],
        ["4", 'say "hi"', '"'],
      ])
    }),
  )

  it.effect("keep a CRLF together", () =>
    Effect.gen(function* () {
      const file = "id,text\r\n1,two\\\r\nlines\r\n2,\\\rx\r\n3,\\\r\\\n\r\n"
      assert.deepStrictEqual(yield* tableOf(file, { escape: "\\" }), [
        ["id", "text"],
        ["1", "two\r\nlines"],
        ["2", "\rx"],
        ["3", "\r\n"],
      ])
    }),
  )

  it.effect("are read next to quoted fields", () =>
    Effect.gen(function* () {
      const file = 'id;text\n1;"a;\\"b\\""\n2;c\\;d\n3;"e\\\\"\n4;\\N\n'
      assert.deepStrictEqual(yield* tableOf(file, { escape: "\\" }), [
        ["id", "text"],
        ["1", 'a;"b"'],
        ["2", "c;d"],
        ["3", "e\\"],
        ["4", null],
      ])
    }),
  )

  it.effect("are read in COPY's text format", () =>
    Effect.gen(function* () {
      const file = 'id\tname\tnote\n1\tAnn\\tB\t\\N\n2\t\t\\\\N\n3\t"odd\tx\\ny\n\\.\n'
      assert.deepStrictEqual(yield* tableOf(file, { delimiter: "\t", escape: "\\", quote: null }), [
        ["id", "name", "note"],
        ["1", "Ann\tB", null],
        ["2", null, "\\N"],
        ["3", '"odd', "x\ny"],
      ])
    }),
  )
})

describe("lines quoted as a whole", () => {
  it.effect("are read without these quotes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* tableOf('"id,""name"",n"\r\n"1,""a, b"",5"\r\n"2,""say """"hi"""""",6"\r\n'),
        [
          ["id", "name", "n"],
          ["1", "a, b", "5"],
          ["2", 'say "hi"', "6"],
        ],
      )
      assert.deepStrictEqual(yield* tableOf('id;name\n"1;a"\n"2;b"\n"3;c"\n'), [
        ["id", "name"],
        ["1", "a"],
        ["2", "b"],
        ["3", "c"],
      ])
    }),
  )

  it.effect("may be the cells of one column", () =>
    Effect.gen(function* () {
      const file = '"City, State"\n"Austin, TX"\n"Reno, NV"\n'
      assert.deepStrictEqual(yield* tableOf(file), [["City, State"], ["Austin, TX"], ["Reno, NV"]])
      assert.deepStrictEqual(yield* tableOf('text\n"a, b, c"\n"d, e, f"\n'), [
        ["text"],
        ["a, b, c"],
        ["d, e, f"],
      ])
    }),
  )
})

describe("detected backslashes", () => {
  it.effect("are escapes within quotes as well where \\N is NULL", () =>
    Effect.gen(function* () {
      const read = yield* readAll([utf8('id,name,v\n1,"a \\"b\\" c",\\N\n2,"x",4\n3,"y",5\n')], {
        onBadRow: "reject",
      })
      assert.deepStrictEqual(read.rows[0], ["1", 'a "b" c', null])
      assert.deepStrictEqual(
        read.warnings.map(({ code }) => code),
        ["backslash_escapes"],
      )
    }),
  )
})
