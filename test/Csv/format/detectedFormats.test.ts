import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CsvOptions } from "../../../src/Domain/load/options/CsvOptions.ts"
import { anyTable, fileOf } from "../anyTable.ts"
import { cut, readAll, utf8 } from "../readingCsv.ts"

const rareCodes = new Set<string>(["rare_delimiter", "backslash_escapes", "quoted_rows"])

/** How a file is read: delimiter, header and rows, and the warnings about a rare format. */
const readingOf = Effect.fnUntraced(function* (file: string, csv: CsvOptions = {}) {
  const read = yield* readAll([utf8(file)], { csv, onBadRow: "reject" })
  assert.isNull(read.error, JSON.stringify(file))
  for (const size of [1, 5]) {
    const other = yield* readAll(cut(utf8(file), size), { csv, onBadRow: "reject" })
    assert.deepStrictEqual([other.header, other.rows], [read.header, read.rows], `by ${size}`)
  }
  const codes = read.warnings.map(({ code }) => code).filter((code) => rareCodes.has(code))
  return { table: [read.header, ...read.rows], codes, rejects: read.rejects.length }
})

const isTable = (file: string, table: ReadonlyArray<ReadonlyArray<string | null>>, ...codes: Array<string>) =>
  Effect.gen(function* () {
    assert.deepStrictEqual<unknown>(yield* readingOf(file), { table, codes, rejects: 0 })
  })

/** The file has the header and the first record of the plain reading. */
const isPlain = (file: string, header: ReadonlyArray<string>, csv?: CsvOptions) =>
  Effect.gen(function* () {
    const { codes, table } = yield* readingOf(file, csv)
    assert.deepStrictEqual<unknown>([codes, table[0]], [[], header], file)
  })

describe("a delimiter of several characters", () => {
  it.effect("is detected if it splits all lines alike", () =>
    Effect.gen(function* () {
      const cells = [
        ["id", "name", "n"],
        ["1", "Ann, B", null],
        ["2", "a|b:c", "5"],
        ["3", null, "6"],
      ]
      for (const delimiter of ["||", "::", "~|~", "^|^", "#|#", "|;|", "$$", "|||"]) {
        const file = cells.map((row) => row.map((cell) => cell ?? "").join(delimiter)).join("\n")
        yield* isTable(file, cells, "rare_delimiter")
      }
      yield* isTable(
        '1::"a::b"::5\n2::c::6\n3::"d\ne"::7\n',
        [
          ["1", "a::b", "5"],
          ["2", "c", "6"],
          ["3", "d\ne", "7"],
        ],
        "rare_delimiter",
      )
    }),
  )

  it.effect("may be below a title", () =>
    isTable(
      "List of the staff\nid~|~name\n1~|~Ann\n2~|~Bob\n3~|~Cy\n",
      [
        ["id", "name"],
        ["1", "Ann"],
        ["2", "Bob"],
        ["3", "Cy"],
      ],
      "rare_delimiter",
    ),
  )

  it.effect("is not seen in text, empty columns and enclosed values", () =>
    Effect.gen(function* () {
      yield* isPlain("name\nstd::vector\nstd::map\na::b::c\n", ["name"])
      yield* isPlain("name,n\nstd::x::y,1\nstd::x::z,2\nstd::a::b,3\n", ["name", "n"])
      yield* isPlain("a,,b,,c\n1,,2,,3\n4,,5,,6\n7,,8,,9\n", ["a", "", "b", "", "c"])
      yield* isPlain("Geo;2019;;2020;\nAT;1;;2;\nDE;3;;4;\nFR;5;;6;\n", ["Geo", "2019", "", "2020", ""])
      yield* isPlain("a|b||c\n1|2||3\n4|5||6\n7|8||9\n", ["a", "b", "", "c"])
      yield* isPlain("root:*:1:0:9:7:::\nbin:*:2:0:9:7:::\nsys:*:3:0:9:7:::\nlp:*:4:0:9:7:::\n", [
        ..."root * 1 0 9 7".split(" "),
        "",
        "",
        "",
      ])
      yield* isPlain("a||b\n1||2\n3||4\n5||6\n", ["a", "", "b"])
      yield* isPlain("a|b|c|d|e\n1||2||3\n4||5||6\n7||8||9\n", ["a", "b", "c", "d", "e"])
      yield* isPlain("id,tags\n1,#a\n2,#b\n3,#c\n", ["id", "tags"])
    }),
  )
})

describe("a rare sign as delimiter", () => {
  it.effect("is detected if it is a control character", () =>
    Effect.gen(function* () {
      const rows = [
        ["id", "name", "n"],
        ["1", "Ann, B", null],
        ["2", "Bob", "5"],
      ]
      for (const delimiter of ["\u0001", "\u0002", "\u001f"])
        yield* isTable(
          rows.map((row) => row.map((cell) => cell ?? "\\N").join(delimiter)).join("\n") + "\n",
          rows,
          "rare_delimiter",
          "backslash_escapes",
        )
    }),
  )

  it.effect("is detected if it is ^ or ~ and nothing else splits the lines", () =>
    Effect.gen(function* () {
      for (const sign of ["^", "~"]) {
        const rows = ["a b c", "1 x,y 2", "2 z 3", "3 q 4"].map((row) => row.split(" "))
        yield* isTable(rows.map((row) => row.join(sign)).join("\n"), rows, "rare_delimiter")
      }
      yield* isPlain("a,b\n1^2^3,4\n1^2^5,6\n1^3^4,5\n", ["a", "b"])
      yield* isPlain("~a~,~b~\n~1~,~2~\n~3~,~4~\n~5~,~6~\n", ["~a~", "~b~"])
    }),
  )
})

describe("spaces as delimiter", () => {
  it.effect("are detected if all lines have as many words, and several columns are numbers", () =>
    Effect.gen(function* () {
      yield* isTable(
        "Weight  Waist  Pulse\n   191     36     50\n   189     37     52\n   193     38   58\n",
        [
          ["Weight", "Waist", "Pulse"],
          ["191", "36", "50"],
          ["189", "37", "52"],
          ["193", "38", "58"],
        ],
        "rare_delimiter",
      )
      yield* isTable(
        "t p\n1,5 0,083\n2,5 0,09\n3,5 0,1\n",
        [
          ["t", "p"],
          ["1,5", "0,083"],
          ["2,5", "0,09"],
          ["3,5", "0,1"],
        ],
        "rare_delimiter",
      )
      yield* isTable(
        "# x y z\n1.5 2 3\n2.5 3 4\n4.5 5 6\n5.5 6 7\n",
        [
          ["#x", "y", "z"],
          ["1.5", "2", "3"],
          ["2.5", "3", "4"],
          ["4.5", "5", "6"],
          ["5.5", "6", "7"],
        ],
        "rare_delimiter",
      )
    }),
  )

  it.effect("may have quotes, and row names without a header as R writes them", () =>
    Effect.gen(function* () {
      yield* isTable(
        '"mpg" "cyl" "note"\n"Mazda RX4" 21 6 "a b"\n"Datsun 710" 22.8 4 NA\n"Valiant" 18.1 6 "c"\n',
        [
          ["", "mpg", "cyl", "note"],
          ["Mazda RX4", "21", "6", "a b"],
          ["Datsun 710", "22.8", "4", "NA"],
          ["Valiant", "18.1", "6", "c"],
        ],
        "rare_delimiter",
      )
      yield* isTable(
        "    Expt  Run\n001    1    1\n002    1    2\n003    1    3\n",
        [
          ["", "Expt", "Run"],
          ["001", "1", "1"],
          ["002", "1", "2"],
          ["003", "1", "3"],
        ],
        "rare_delimiter",
      )
    }),
  )

  it.effect("are not seen in one column of dates, numbers, amounts, names and lines of a log", () =>
    Effect.gen(function* () {
      const columns = [
        ["Date of birth", "5 Jan 2024", "7 Feb 2023", "18 Mar 2022"],
        ["seen at", "2024-01-01 10:00:00", "2024-01-02 10:00:00", "2024-01-03 11:00:00"],
        ["Time of day", "2024-01-01 10:00:00 UTC", "2024-01-02 10:00:00 UTC", "2024-01-03 11:00:00 UTC"],
        ["Phone number", "151 1234567", "160 1234568", "170 1234569"],
        ["Phone of customer", "+49 151 1234567", "+49 160 1234568", "+49 170 1234569"],
        ["Amount in EUR", "12 345 EUR", "13 345 EUR", "14 999 EUR"],
        ["Total population", "12 345", "13 345", "14 999"],
        ["Total sales", "1 234,50", "2 345,00", "13 456,75"],
        ["Total sales in EUR", "1 234 567,50", "2 345 678,00", "3 456 789,25"],
        ["Size (cm)", "10 x 20", "30 x 40", "5 x 7"],
        ["Street address line", "12 Main Street", "13 Main Street", "7 High Road"],
        ["First Last", "Ann Bee", "Bob Cee", "Cy Dee"],
        ["Card number of owner", "4111 1111 1111 1111", "4222 0222 2222 2222", "4333 3333 0333 3333"],
        ["start", "2024-01-01 10:00:01 INFO end 7", "2024-01-01 10:00:02 WARN foo 8", "a b c d e"],
      ]
      for (const lines of columns) yield* isPlain(lines.join("\n") + "\n", [lines[0]!])
      yield* isPlain("a b,c d,e f\n1 2,3 4,5 6\n2 2,3 4,5 6\n3 2,3 4,5 6\n", ["a b", "c d", "e f"])
    }),
  )
})

describe("backslashes outside quotes", () => {
  it.effect("are escapes if only then all records have as many fields", () =>
    Effect.gen(function* () {
      for (const delimiter of [",", ";", "|", "\t"])
        yield* isTable(
          `id,name,note\n1,Smith\\, J,x\n2,Bob,\\N\n3,Cy,a\\\\b\n4,two\\\nlines,z\n`.replaceAll(
            ",",
            delimiter,
          ),
          [
            ["id", "name", "note"],
            ["1", `Smith${delimiter} J`, "x"],
            ["2", "Bob", null],
            ["3", "Cy", "a\\b"],
            ["4", "two\nlines", "z"],
          ],
          "backslash_escapes",
        )
    }),
  )

  it.effect("are escapes between tabs if \\N is where all others are numbers", () =>
    isTable(
      "id\tname\tn\n1\tAnn\\tB\t\\N\n2\tC:\\\\x\t3\n3\tC\t4\n",
      [
        ["id", "name", "n"],
        ["1", "Ann\tB", null],
        ["2", "C:\\x", "3"],
        ["3", "C", "4"],
      ],
      "backslash_escapes",
    ),
  )

  it.effect("are text, and only \\N is NULL, if a path shows it", () =>
    isTable(
      "id\tpath\tn\n1\tC:\\temp\t\\N\n2\tC:\\dir\t3\n3\tD:\t4\n",
      [
        ["id", "path", "n"],
        ["1", "C:\\temp", null],
        ["2", "C:\\dir", "3"],
        ["3", "D:", "4"],
      ],
      "backslash_escapes",
    ),
  )

  it.effect("are text if the records agree with them, or an option says so", () =>
    Effect.gen(function* () {
      yield* isPlain("n,path\n7,\\home\n8,\\N\n9,x\n", ["n", "path"])
      yield* isPlain("n,path,z\n7,C:\\dir\\,1\n8,C:\\x\\,2\n9,D:\\,5\n", ["n", "path", "z"])
      yield* isPlain("a,b\n1,x\\,y\n2,\\N\n3,4\n", ["a", "b"], { escape: '"' })
      yield* isPlain("a,n\nx,\\N\ny,2\nz,4\n", ["a", "n"], { nullValues: [] })
    }),
  )
})

describe("quotedRows", () => {
  it.effect("removes the quotes around lines, or keeps them", () =>
    Effect.gen(function* () {
      const file = '"id,name"\n"1,Ann"\n"2,Bob"\n'
      assert.deepStrictEqual((yield* readingOf(file, { quotedRows: true })).table, [
        ["id", "name"],
        ["1", "Ann"],
        ["2", "Bob"],
      ])
      assert.deepStrictEqual((yield* readingOf('"a;b"\n"1;2"\n')).codes, ["quoted_rows"])
      assert.deepStrictEqual((yield* readingOf('"a;b"\n"1;2"\n', { quotedRows: false })).table, [
        ["a;b"],
        ["1;2"],
      ])
      const both = yield* readingOf('"a;b"\n"1;2"\n', { quotedRows: true, delimiter: ";" })
      assert.deepStrictEqual(both.table, [
        ["a", "b"],
        ["1", "2"],
      ])
    }),
  )
})

const word = Arbitrary.schema(Schema.Literals(["a", "Ann B", "x,y", "12", "0.5", "", "é", "2024-01-31"]))

describe("any table", () => {
  it.effect.prop(
    "with a rare delimiter is read as written",
    [
      Arbitrary.array(Arbitrary.array(word, { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 12 }),
      Arbitrary.schema(Schema.Literals(["||", "::", "~|~", "\u0001"])),
    ],
    ([rows, delimiter]) =>
      Effect.gen(function* () {
        const numbered = rows.map((row, n) => [`${n}`, ...row, "z"])
        const table = [["id", "a", "b", "c", "d"], ...numbered]
        const { table: read } = yield* readingOf(table.map((row) => row.join(delimiter)).join("\n"))
        assert.deepStrictEqual(
          read,
          table.map((row) => row.map((cell) => (cell === "" ? null : cell))),
        )
      }),
    { arbitrary: { runs: 60, size: 12 } },
  )

  it.effect.prop(
    "in the standard dialect has no rare format",
    [anyTable],
    ([table]) =>
      Effect.gen(function* () {
        const { warnings } = yield* readAll([fileOf(table)], { onBadRow: "reject" })
        const codes = warnings.map(({ code }) => code).filter((code) => rareCodes.has(code))
        assert.deepStrictEqual(codes, [])
      }),
    { arbitrary: { runs: 300, size: 40 } },
  )
})
