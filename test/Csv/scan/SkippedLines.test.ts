import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import { standard } from "../../../src/Csv/record/Dialect.ts"
import { longestRaw } from "../../../src/Domain/load/Reject.ts"
import { scanAll, scanEveryWay, type ScanOptions, utf8 } from "../readingCsv.ts"

/** Rows, rejects as `record:line:raw`, skipped lines as `kind:line:raw`, blank lines and the error, for every cut. */
const read = (file: string, options: ScanOptions = {}) => {
  const { blank, error, rejects, rows, skipped } = scanEveryWay(file, { onBadRow: "reject", ...options })
  return {
    rows: rows.map((row) => row.map((cell) => cell ?? "∅").join("|")),
    rejects: rejects.map(({ line, raw, record }) => `${record}:${line}:${raw}`),
    skipped: skipped.map(({ kind, line, raw }) => `${kind}:${line}:${raw}`),
    blank,
    error: error?.code ?? null,
  }
}

const commented = { ...standard, comment: "#" }

describe("lines before the header", () => {
  it("are a preamble, comments and blank lines", () => {
    assert.deepStrictEqual(
      read("Title, 2024\r\n# made by hand\r\n \t\r\n\r\na,b\r\n1,2\r\n", { skipLines: 4 }),
      {
        rows: ["1|2"],
        rejects: [],
        skipped: ["preamble:1:Title, 2024", "preamble:2:# made by hand"],
        blank: 2,
        error: null,
      },
    )
    assert.deepStrictEqual(read("x\n# y\na,b\n1,2\n", { skipLines: 2, dialect: commented }).skipped, [
      "preamble:1:x",
      "comment:2:# y",
    ])
  })

  it("have their offsets in the file, and the header its line", () => {
    const { skipped } = scanAll([utf8("é\r\n\r\nsecond\ra\n")], { offset: 3, skipLines: 3 })
    assert.deepStrictEqual(
      skipped.map(({ byteOffset, line, rawBytes }) => ({ byteOffset, line, rawBytes })),
      [
        { byteOffset: 3, line: 1, rawBytes: 2 },
        { byteOffset: 9, line: 3, rawBytes: 6 },
      ],
    )
  })

  it("may be all lines", () => {
    assert.strictEqual(read("a\nb", { skipLines: 5 }).error, "empty_file")
  })
})

describe("a line that starts with the comment character", () => {
  const options = { dialect: commented, keepsFullComments: true }

  it("is a comment unless it has the table's width, if comments were detected", () => {
    assert.deepStrictEqual(
      read('#a,b,c\n# page 1\n1,2,3\n#N/A,x,y\n#4711\n# a,"b\n#"q" x, y\n#,,,\n4,5,6\n# end', options),
      {
        rows: ["1|2|3", "#N/A|x|y", "4|5|6"],
        rejects: [],
        skipped: [
          "comment:2:# page 1",
          "comment:5:#4711",
          'comment:6:# a,"b',
          'comment:7:#"q" x, y',
          "comment:8:#,,,",
          "comment:10:# end",
        ],
        blank: 0,
        error: null,
      },
    )
  })

  it("is a reject if it has the width of a record that cannot be loaded", () => {
    const { rejects, skipped } = read("a,b\n1,2\n#1,x\0\n# x\0\n", options)
    assert.deepStrictEqual(rejects, ["2:3:#1,x\\x00"])
    assert.deepStrictEqual(skipped, ["comment:4:# x\\x00"])
  })

  it("does not fail the load", () => {
    const { error, rows, skipped } = read("a,b\n# x\n1,2\n# y, z, w\n", { ...options, onBadRow: "fail" })
    assert.deepStrictEqual([error, rows, skipped], [null, ["1|2"], ["comment:2:# x", "comment:4:# y, z, w"]])
  })

  it("is always a comment if the character was given", () => {
    assert.deepStrictEqual(read("# x,y\na,b\n#1,2\n3,4\n#", { dialect: commented }), {
      rows: ["3|4"],
      rejects: [],
      skipped: ["comment:1:# x,y", "comment:3:#1,2", "comment:5:#"],
      blank: 0,
      error: null,
    })
  })

  it("is kept up to 8 KiB, and any number of them takes no more memory", () => {
    const scanned = scanAll(
      (function* () {
        yield utf8("a,b\n1,2\n#")
        for (let n = 0; n < 100; n++) yield new Uint8Array(65_536).fill(0x78)
        yield utf8(`\n${"#x\n".repeat(5000)}5,6\n`)
      })(),
      { ...options, maxRecordSize: ByteSize.kibibytes(256) },
    )
    assert.strictEqual(scanned.rows.length, 2)
    assert.strictEqual(scanned.skipped.length, 5001)
    assert.strictEqual(scanned.skipped[0]?.rawBytes, 6_553_601)
    assert.strictEqual(scanned.skipped[0]?.raw.length, longestRaw)
  })
})

describe("a footer", () => {
  const table = "a,b,c,d\n1,2,3,4\n5,6,7,8\n"
  const skippedBelow = (text: string, options: ScanOptions = {}) => {
    const { error, rejects, skipped } = read(table + text, options)
    return { rejects: rejects.length, skipped: skipped.length, error }
  }

  it("is narrower lines after a blank line, or lines of prose, after the last record", () => {
    assert.deepStrictEqual(read(`${table}\n"Demo Report"\n"Total",100\n\nEnd`), {
      rows: ["1|2|3|4", "5|6|7|8"],
      rejects: [],
      skipped: ['footer:5:"Demo Report"', 'footer:6:"Total",100', "footer:8:End"],
      blank: 2,
      error: null,
    })
    assert.deepStrictEqual(skippedBelow("Source: office\n"), { rejects: 0, skipped: 1, error: null })
    assert.deepStrictEqual(skippedBelow('"Figures, as of today, rounded",,\n'), {
      rejects: 0,
      skipped: 1,
      error: null,
    })
    assert.deepStrictEqual(skippedBelow("Source: office\nEnd of the report"), {
      rejects: 0,
      skipped: 2,
      error: null,
    })
  })

  it("does not fail the load", () => {
    assert.deepStrictEqual(skippedBelow("\nTotal\n", { onBadRow: "fail" }), {
      rejects: 0,
      skipped: 1,
      error: null,
    })
    const { error, rows } = read(`${table}\nTotal\n9,9,9,9\n`, { onBadRow: "fail" })
    assert.deepStrictEqual([error, rows], ["ragged_record", ["1|2|3|4", "5|6|7|8"]])
  })

  it("is not a record that is cut, or lacks cells", () => {
    for (const text of [
      "9",
      "9,8",
      "Gra",
      "Graz and Linz: th",
      "9,8\n",
      "4711\n",
      "New York\n",
      "2024-01-01 10:00\n",
    ])
      assert.deepStrictEqual(skippedBelow(text), { rejects: 1, skipped: 0, error: null }, text)
  })

  it("is not followed by a record", () => {
    assert.deepStrictEqual(read(`${table}\nTotal: 2 rows\n# x\n9,9,9,9\n\nEnd\n`), {
      rows: ["1|2|3|4", "5|6|7|8", "9|9|9|9"],
      rejects: ["3:5:Total: 2 rows", "4:6:# x"],
      skipped: ["footer:9:End"],
      blank: 2,
      error: null,
    })
  })

  it("is not another table, and needs rows above it", () => {
    assert.deepStrictEqual(skippedBelow(`\n${"x,y\n".repeat(6)}`), { rejects: 6, skipped: 0, error: null })
    assert.deepStrictEqual(skippedBelow(`\n${"x\n".repeat(21)}`), { rejects: 21, skipped: 0, error: null })
    assert.deepStrictEqual(read("a,b\n\nTotal\n").rejects, ["1:3:Total"])
  })

  it("is not separated by a blank line if many are among the records", () => {
    assert.deepStrictEqual(read("a,b\n\n1,2\n\n3,4\n\n5\n").rejects, ["3:7:5"])
  })

  it("is padded rows with onBadRow=pad", () => {
    assert.deepStrictEqual(read("a,b\n1,2\n\nTotal\n", { onBadRow: "pad" }).rows, ["1|2", "Total|∅"])
  })
})

describe("blank lines", () => {
  it("may have spaces and tabs among records of several columns", () => {
    assert.deepStrictEqual(
      read("a\tb\tc\n1\t2\t3\n \n\t\n\t \t \t\n\t\t\n4\t5\t6\n\x1a", {
        dialect: { ...standard, delimiter: "\t" },
      }),
      {
        rows: ["1|2|3", "∅|∅|∅", "4|5|6"],
        rejects: [],
        skipped: [],
        blank: 4,
        error: null,
      },
    )
  })

  it("are rows of a table of one column if a record follows", () => {
    assert.deepStrictEqual(
      read('a\n\nx\r\n\r\n""\n\n#y\n \n\n\n', { dialect: { ...commented, delimiter: null } }),
      {
        rows: ["∅", "x", "∅", "", "∅", " "],
        rejects: [],
        skipped: ["comment:7:#y"],
        blank: 2,
        error: null,
      },
    )
  })

  it("become rows in batches of limited size", () => {
    const { blank, rows } = scanAll([utf8(`a\n${"\n".repeat(150_000)}x\n${"\n".repeat(150_000)}`)])
    assert.deepStrictEqual([rows.length, blank], [150_001, 150_000])
  })
})

describe("a surplus field", () => {
  it("is dropped if it is the only one and empty", () => {
    const file = "a,b\n1,2,\n3,4, \t\r\n5,6,,\n7,8,x\n9,9\n"
    const { rejects, repairs, rows } = scanEveryWay(file, { onBadRow: "reject" })
    assert.deepStrictEqual(rows, [
      ["1", "2"],
      ["3", "4"],
      ["9", "9"],
    ])
    assert.deepStrictEqual([rejects.map(({ line }) => line), repairs], [[4, 5], { long_record: 2 }])
    assert.strictEqual(scanAll([utf8(file)]).error?.code, "ragged_record")
  })
})
