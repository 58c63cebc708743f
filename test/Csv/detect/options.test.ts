import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { CsvOptions } from "../../../src/Domain/load/options/CsvOptions.ts"
import { cut, foundOut, utf8 } from "../readingCsv.ts"

/** Reads a file whole and in small pieces, which must come to the same. */
const read = Effect.fnUntraced(function* (text: string, csv: CsvOptions = {}) {
  const found = yield* foundOut([utf8(text)], csv)
  for (const size of [1, 2, 3, 5, 7])
    assert.deepStrictEqual(yield* foundOut(cut(utf8(text), size), csv), found)
  return found
})

describe("a file of which nothing is said", () => {
  it.effect("is read in the dialect that was found", () =>
    Effect.gen(function* () {
      const found = yield* read("Report\r\n\r\na;b;c\r\n1,5;'x; y';\r\n2,5;'it''s';z\r\n\r\n")
      assert.deepStrictEqual(found.header, ["a", "b", "c"])
      assert.deepStrictEqual(found.rows, [
        ["1,5", "x; y", null],
        ["2,5", "it's", "z"],
      ])
      assert.deepStrictEqual([found.skippedLines, found.recordEnd, found.error], [2, "crlf", null])
    }),
  )

  it.effect("loses the blanks that belong to its delimiter, and only those", () =>
    Effect.gen(function* () {
      const { header, rows } = yield* read('a, b, c\n1, "x, y" , 2\n2,  "z",\n 3, " w ",  \n')
      assert.deepStrictEqual(header, ["a", "b", "c"])
      assert.deepStrictEqual(rows, [
        ["1", "x, y", "2"],
        ["2", "z", null],
        ["3", " w ", null],
      ])
    }),
  )

  it.effect("loses the blank behind its delimiters if there is just one behind each, and else none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* read("a, b\n1, 2\n3, 4\n")).rows, [
        ["1", "2"],
        ["3", "4"],
      ])
      assert.deepStrictEqual((yield* read("a, b\n1, 2\n3,-4\n")).rows, [
        ["1", " 2"],
        ["3", "-4"],
      ])
      assert.deepStrictEqual((yield* read("a, b\n1, 2\n3,  4\n")).rows, [
        ["1", " 2"],
        ["3", "  4"],
      ])
    }),
  )

  it.effect("loses its comments, before the header and behind it, and counts their lines", () =>
    Effect.gen(function* () {
      const found = yield* read("# by hand\na,b\n1,x\n# a \"note\n3,y\r\n# it's, so, to say\r\n5,z\n7\n")
      assert.deepStrictEqual(found.rows, [
        ["1", "x"],
        ["3", "y"],
        ["5", "z"],
      ])
      assert.deepStrictEqual(
        [found.skippedLines, found.error?.code, found.error?.place.line],
        [1, "ragged_record", 8],
      )
    }),
  )

  it.effect("is not split at commas where it is one column", () =>
    Effect.gen(function* () {
      const found = yield* read('name\nDoe, John\n"Smith, Jane"\nBlack, Jack, Esq.\n')
      assert.deepStrictEqual(found.rows, [["Doe, John"], ["Smith, Jane"], ["Black, Jack, Esq."]])
      assert.isNull(found.dialect?.delimiter)
    }),
  )

  it.effect("may have a header that is uneven by empty cells", () =>
    Effect.gen(function* () {
      const longer = yield* read("a,b\n1,2,\n3,4,\n5,6,\n")
      assert.deepStrictEqual(
        [longer.header, longer.rows[0]],
        [
          ["a", "b", ""],
          ["1", "2", null],
        ],
      )
      const shorter = yield* read("a,b,,\n1,2\n3,4\n5,6\n")
      assert.deepStrictEqual(
        [shorter.header, shorter.rows[0]],
        [
          ["a", "b"],
          ["1", "2"],
        ],
      )
    }),
  )

  it.effect("keeps a CR in the text of LF records", () =>
    Effect.gen(function* () {
      const { rows } = yield* read("a,b\n1,x\ry\n2,z\n3,u\rv\n4,w\n")
      assert.deepStrictEqual(rows, [
        ["1", "x\ry"],
        ["2", "z"],
        ["3", "u\rv"],
        ["4", "w"],
      ])
    }),
  )

  it.effect("is empty if it holds nothing but blanks, blank lines, comments and marks", () =>
    Effect.gen(function* () {
      const files = [
        "",
        "\n\n",
        "\ufeff",
        "\ufeff\r\n",
        "  \n \n",
        "# nothing\n",
        "# a\n\n# b, c",
        "\u001a",
        "\n\u001a\u001a",
      ]
      for (const file of files) assert.strictEqual((yield* read(file)).error?.code, "empty_file", file)
      assert.deepStrictEqual((yield* read("#one\n#two\n")).header, ["#one"])
      assert.deepStrictEqual((yield* read('""\n')).header, [""])
    }),
  )
})

describe("an option", () => {
  it.effect("header: false names the columns and loads the first record", () =>
    Effect.gen(function* () {
      const found = yield* read("1,a\n2,\n", { header: false })
      assert.deepStrictEqual(
        [found.header, found.rows],
        [
          ["column_1", "column_2"],
          [
            ["1", "a"],
            ["2", null],
          ],
        ],
      )
      const bad = yield* read("1,2\n3\n", { header: false, delimiter: "," })
      assert.deepStrictEqual([bad.error?.place.record, bad.error?.place.line, bad.rows.length], [2, 2, 1])
      assert.strictEqual((yield* read("", { header: false })).error?.code, "empty_file")
      assert.deepStrictEqual((yield* read("x", { header: false })).rows, [["x"]])
    }),
  )

  it.effect('header: "auto" decides by the types of the cells', () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* read("1,a\n2,b\n", { header: "auto" })).header, ["column_1", "column_2"])
      assert.deepStrictEqual((yield* read("n,x\n1,a\n2,b\n", { header: "auto" })).header, ["n", "x"])
      assert.deepStrictEqual((yield* read("1,a\n2,b\n")).header, ["1", "a"])
    }),
  )

  it.effect(
    "skipLines skips this number of lines, regardless of their content, and the next is the header",
    () =>
      Effect.gen(function* () {
        for (const lineEnding of ["\n", "\r\n", "\r"]) {
          const text = ['"never closed', "a;b", "1;2", "3"].join(lineEnding)
          const found = yield* read(text, { skipLines: 1 })
          assert.deepStrictEqual([found.header, found.rows], [["a", "b"], [["1", "2"]]])
          assert.deepStrictEqual([found.skippedLines, found.error?.place.line], [1, 4])
        }
        assert.strictEqual((yield* read("a\nb\n", { skipLines: 5 })).error?.code, "empty_file")
        assert.deepStrictEqual((yield* read("title\na,b\n1,2\n", { skipLines: 0, delimiter: "," })).header, [
          "title",
          "",
        ])
      }),
  )

  it.effect("skipLines may reach beyond what is looked at", () =>
    Effect.gen(function* () {
      const long = `${"x".repeat(700)}\n`.repeat(4000)
      const found = yield* foundOut(cut(utf8(`${long}a,b\n1,2\n`), 65_521), {
        skipLines: 4000,
        delimiter: ",",
      })
      assert.deepStrictEqual([found.header, found.rows, found.skippedLines], [["a", "b"], [["1", "2"]], 4000])
    }),
  )

  it.effect("comment makes comments of the lines that begin so", () =>
    Effect.gen(function* () {
      const { header, rows } = yield* read("%x\na,b\n1,2\n%3,4\n5,%6\n", { comment: "%" })
      assert.deepStrictEqual(
        [header, rows],
        [
          ["a", "b"],
          [
            ["1", "2"],
            ["5", "%6"],
          ],
        ],
      )
      const none = yield* read("a,b\n# x,1\n#y,2\n", { comment: null })
      assert.strictEqual(none.rows.length, 2)
    }),
  )

  it.effect("nullValues are NULL where they stand without quotes, but not in the header", () =>
    Effect.gen(function* () {
      const { header, rows } = yield* read('NA,b\nNA,"NA"\n\\N,N\n,NAN\nNA,NULL\n', {
        nullValues: ["NA", "\\N", "NULL"],
        delimiter: ",",
      })
      assert.deepStrictEqual(header, ["NA", "b"])
      assert.deepStrictEqual(rows, [
        [null, "NA"],
        [null, "N"],
        [null, "NAN"],
        [null, null],
      ])
    }),
  )

  it.effect("delimiter, quote and escape are obeyed", () =>
    Effect.gen(function* () {
      const found = yield* read("a^b\n~x^y~^~it~~s~\n", { delimiter: "^", quote: "~" })
      assert.deepStrictEqual(found.rows, [["x^y", "it~s"]])
      const none = yield* read('a,b\n"x",1\n', { quote: null })
      assert.deepStrictEqual(none.rows, [['"x"', "1"]])
      const escaped = yield* read('a,b\n"x%"y",1\n', { escape: "%" })
      assert.deepStrictEqual(escaped.rows, [['x"y', "1"]])
    }),
  )
})

describe("a sign that is given", () => {
  it.effect("is nothing else: a quote no comment", () =>
    Effect.gen(function* () {
      const { rows } = yield* read("a,b\n#x#,y\n#z#,w\n1,2\n", { quote: "#", delimiter: "," })
      assert.deepStrictEqual(rows, [
        ["x", "y"],
        ["z", "w"],
        ["1", "2"],
      ])
    }),
  )

  it.effect("is nothing else: a comment no quote", () =>
    Effect.gen(function* () {
      const { dialect, rows } = yield* read('a,b\n"a remark\n1,2\n3,4\n', { comment: '"' })
      assert.notStrictEqual(dialect?.quote, '"')
      assert.deepStrictEqual(rows, [
        ["1", "2"],
        ["3", "4"],
      ])
    }),
  )
})
