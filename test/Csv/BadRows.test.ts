import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import type { OnBadRow } from "../../src/Domain/BadRows.ts"
import { longestRaw } from "../../src/Domain/Reject.ts"
import { standard } from "../../src/Csv/Dialect.ts"
import { bytes, cut, scanAll, scanEveryWay, type ScanOptions, utf8 } from "./readingCsv.ts"

/** What a file comes to under a policy, in short: rows, rejects as `record:line:reason:raw`, and repairs. */
const come = (file: string | Uint8Array, onBadRow: OnBadRow, options: ScanOptions = {}) => {
  const { error, rejects, repairs, rows } = scanEveryWay(file, { ...options, onBadRow })
  return {
    rows: rows.map((row) => row.map((cell) => cell ?? "∅").join("|")),
    rejects: rejects.map(({ line, raw, reason, record }) => `${record}:${line}:${reason}:${raw}`),
    repairs,
    error: error?.code ?? null,
  }
}

/** The same under `reject` and `pad`, which differ only for records that are just too short or too long. */
const comeUnderBoth = (file: string | Uint8Array, options: ScanOptions = {}) => {
  const outcome = come(file, "reject", options)
  assert.deepStrictEqual(come(file, "pad", options), outcome)
  return outcome
}

describe("a record with another number of fields", () => {
  const file = "a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,\n5"

  it("ends the load under fail", () => {
    assert.deepStrictEqual(come(file, "fail"), {
      rows: ["1|2|3"],
      rejects: [],
      repairs: {},
      error: "ragged_record",
    })
  })

  it("is set aside under reject, with the error's place and words", () => {
    const { rejects, rows } = scanEveryWay(file, { onBadRow: "reject" })
    assert.deepStrictEqual(rows, [
      ["1", "2", "3"],
      ["1", "2", null],
    ])
    assert.deepStrictEqual(rejects, [
      {
        record: 2,
        line: 3,
        column: 3,
        byteOffset: 15,
        reason: "ragged_record",
        message:
          "The record on line 3 has 2 fields, expected 3 as in the header. Add what is missing; an empty field is enough.",
        raw: "4,5",
        rawBytes: 3,
      },
      {
        record: 3,
        line: 4,
        column: 4,
        byteOffset: 22,
        reason: "ragged_record",
        message:
          "The record on line 4 has 4 fields, expected 3 as in the header. Put quotes around a field that holds the delimiter, or remove what is too much.",
        raw: "6,7,8,9",
        rawBytes: 7,
      },
      {
        record: 5,
        line: 6,
        column: 2,
        byteOffset: 30,
        reason: "ragged_record",
        message:
          "The record on line 6 has 1 field, expected 3 as in the header. Add what is missing; an empty field is enough.",
        raw: "5",
        rawBytes: 1,
      },
    ])
  })

  it("is filled with NULL, or cut, under pad", () => {
    assert.deepStrictEqual(come(file, "pad"), {
      rows: ["1|2|3", "4|5|∅", "6|7|8", "1|2|∅", "5|∅|∅"],
      rejects: [],
      repairs: { short_record: 2, long_record: 1 },
      error: null,
    })
  })

  it("what is filled in is NULL whatever else is NULL, and what is cut off must be text all the same", () => {
    const dialect = { ...standard, nulls: "none" as const, nullValues: ["NA"] }
    assert.deepStrictEqual(come("a,b,c\n,\nNA\n", "pad", { dialect }).rows, ["||∅", "∅|∅|∅"])
    assert.deepStrictEqual(come('a,b\n1,"",\n1,2,\0\n1,2,"3"x\n', "pad"), {
      rows: ["1|"],
      rejects: ["2:3:nul_byte:1,2,\\x00", '3:4:text_after_quote:1,2,"3"x'],
      repairs: { long_record: 1 },
      error: null,
    })
  })

  it("of 1,600 columns is filled, and one of many more fields cut, in little room", () => {
    const header = Array.from({ length: 1600 }, (_, n) => `c${n}`).join(",")
    const { repairs, rows } = scanAll([utf8(`${header}\n${"x\n".repeat(300)}${"y,".repeat(100_000)}\n`)], {
      onBadRow: "pad",
    })
    assert.deepStrictEqual(repairs, { short_record: 300, long_record: 1 })
    assert.isTrue(rows.every((row) => row.length === 1600))
  })

  it("is one record when a text in it spans lines", () => {
    const file = 'a,b,c\n1,"x\ny",2,3\n4,"x\r\n, and\r\ny"\r\n7,8,9\n'
    assert.deepStrictEqual(come(file, "reject"), {
      rows: ["7|8|9"],
      rejects: ['1:2:ragged_record:1,"x\ny",2,3', '2:4:ragged_record:4,"x\r\n, and\r\ny"'],
      repairs: {},
      error: null,
    })
    assert.deepStrictEqual(come(file, "pad").rows, ["1|x\ny|2", "4|x\r\n, and\r\ny|∅", "7|8|9"])
  })

  it("is only a first line when the lines behind it are records by themselves", () => {
    assert.deepStrictEqual(come('a,b,c\n1,"x,3\n4,5,6\n7,8,9\n1,2",3,4,5\n7,8,9\n', "reject").rows, ["7|8|9"])
    assert.deepStrictEqual(comeUnderBoth('a,b,c\n"x,3\n4,5,6\n7,8,9\n1,2",3\n7,8,9\n'), {
      rows: ["4|5|6", "7|8|9", '1|2"|3', "7|8|9"],
      rejects: ['1:2:unterminated_quote:"x,3'],
      repairs: {},
      error: null,
    })
  })
})

describe("a quote that is never closed", () => {
  it("costs its line when the lines behind are records", () => {
    assert.deepStrictEqual(comeUnderBoth('a,b\n1,2\n3,"4\n5,6\n7,8\n'), {
      rows: ["1|2", "5|6", "7|8"],
      rejects: ['2:3:unterminated_quote:3,"4'],
      repairs: {},
      error: null,
    })
    assert.deepStrictEqual(comeUnderBoth('a\n1\n"x\ny\nz'), {
      rows: ["1", "y", "z"],
      rejects: ['2:3:unterminated_quote:"x'],
      repairs: {},
      error: null,
    })
  })

  it("costs its record when the lines behind are not: nothing is made of the middle of a text", () => {
    assert.deepStrictEqual(comeUnderBoth('a,b\n1,2\n3,"Dear all\n\nthis ends\nhere'), {
      rows: ["1|2"],
      rejects: ['2:3:unterminated_quote:3,"Dear all\n\nthis ends\nhere'],
      repairs: {},
      error: null,
    })
  })

  it("costs its line when a later quote closes it", () => {
    assert.deepStrictEqual(comeUnderBoth('a,b,c\n1,"x,3\n4,5,6\n7,"8",9\n'), {
      rows: ["4|5|6", "7|8|9"],
      rejects: ['1:2:unterminated_quote:1,"x,3'],
      repairs: {},
      error: null,
    })
  })

  it("is found though the record outgrows the limit", () => {
    const options = { maxRecordSize: ByteSize.bytes(40) }
    const lines = Array.from({ length: 20 }, (_, n) => `${n},${n}`)
    assert.deepStrictEqual(comeUnderBoth(`a,b\n1,"\n${lines.join("\n")}\n`, options), {
      rows: lines.map((line) => line.replace(",", "|")),
      rejects: ['1:2:unterminated_quote:1,"'],
      repairs: {},
      error: null,
    })
  })

  it("in the header ends the load", () => {
    for (const header of ['a,"b\n1,2\n', '"a"b,c\n1,2\n', "a\0,b\n1,2\n"])
      assert.isNotNull(come(header, "reject").error)
  })
})

describe("a quote that nobody has doubled", () => {
  const expectRepaired = (file: string, rows: ReadonlyArray<string>, options: ScanOptions = {}) => {
    assert.deepStrictEqual(comeUnderBoth(file, options), {
      rows: [...rows],
      rejects: [],
      repairs: { stray_quote: 1 },
      error: null,
    })
    assert.strictEqual(come(file, "fail", options).error, "text_after_quote")
  }

  it("is text where the record has the right number of fields then", () => {
    expectRepaired('a,b\n"He said "hi" to me",x\n1,2\n', ['He said "hi" to me|x', "1|2"])
    expectRepaired('a,b\n1,"2" x"\n', ['1|2" x'])
    expectRepaired('a,b\n""1"",2', ['"1"|2'])
    expectRepaired('a,b\n"x "y"","z ""a"" "b"""\r\n', ['x "y"|z "a" "b"'])
    expectRepaired('a,b\n"1"",2\n"3","4"\n', ['1"|2', "3|4"])
    expectRepaired('a,b\n"say "1, 2" or",""\n', ['say "1, 2" or|'])
    expectRepaired('a\n"x "y" z"\n', ['x "y" z'])
  })

  it("is text in a field that spans lines, where none of these could be a record", () => {
    expectRepaired('a,b,c\n1,"x "hi"\nand, so\r\non",3\n4,5,6\n', ['1|x "hi"\nand, so\r\non|3', "4|5|6"])
    expectRepaired('a,b\n1,"first\nHe said "hi" ok"\n6,7\n', ['1|first\nHe said "hi" ok', "6|7"])
  })

  it("follows the dialect: other signs, blanks, NULLs", () => {
    const options = { dialect: { ...standard, delimiter: ";", quote: "'", escape: "\\", nullValues: ["NA"] } }
    expectRepaired("a;b;c\n'it's \\'so\\'';NA;''\n", ["it's 'so'|∅|"], options)
    const skipping = { dialect: { ...standard, skipInitialSpace: true } }
    expectRepaired('a,b\n1, "x "y" z" \n', ['1|x "y" z'], skipping)
  })

  it("leads to a reject of the line where it does not help", () => {
    assert.deepStrictEqual(comeUnderBoth('a,b\n"1"x,2\n3,4\n'), {
      rows: ["3|4"],
      rejects: ['1:2:text_after_quote:"1"x,2'],
      repairs: {},
      error: null,
    })
    assert.deepStrictEqual(comeUnderBoth('a,b,c\n1,"2" ,3\n3,4,5\n').rejects, [
      '1:2:text_after_quote:1,"2" ,3',
    ])
  })

  it("never joins what could be two records", () => {
    assert.deepStrictEqual(comeUnderBoth('a,b\n1,"x "y" z\n2,"foo\nbar"\n6,7\n'), {
      rows: ["2|foo\nbar", "6|7"],
      rejects: ['1:2:text_after_quote:1,"x "y" z'],
      repairs: {},
      error: null,
    })
  })

  it("in a text that spans lines, in a record of the wrong width, costs the record and no more", () => {
    assert.deepStrictEqual(comeUnderBoth('a,b,c\n1,"x "hi" y\nmore, of it\nend",3,4\n7,8,9\n'), {
      rows: ["7|8|9"],
      rejects: ['1:2:text_after_quote:1,"x "hi" y\nmore, of it\nend",3,4'],
      repairs: {},
      error: null,
    })
  })
})

describe("a record that is too large", () => {
  const options = { maxRecordSize: ByteSize.bytes(12) }

  it("is set aside up to its end, and counted whole", () => {
    const long = "x".repeat(100)
    const file = `a,b\n1,${long}\r\n2,3\r\n4,"${long}\n${long}"\r5,6`
    const { rejects, rows } = scanEveryWay(file, { ...options, onBadRow: "reject" })
    assert.deepStrictEqual(rows, [
      ["2", "3"],
      ["5", "6"],
    ])
    assert.deepStrictEqual(
      rejects.map(({ line, raw, rawBytes, reason }) => ({ line, raw, rawBytes, reason })),
      [
        { line: 2, raw: `1,${long}`, rawBytes: 102, reason: "record_too_large" },
        { line: 4, raw: `4,"${long}\n${long}"`, rawBytes: 205, reason: "record_too_large" },
      ],
    )
    assert.strictEqual(come(file, "fail", options).error, "record_too_large")
  })

  it("may be the last, and not end", () => {
    assert.deepStrictEqual(comeUnderBoth(`a,b\n1,2\n3,"${"x".repeat(50)}`, options).rejects.length, 1)
    assert.deepStrictEqual(comeUnderBoth(`a,b\n1,2\n3,${"x".repeat(50)}`, options).rejects.length, 1)
  })

  it("is passed without being kept", () => {
    const scanned = scanAll(
      (function* () {
        yield utf8("a,b\n1,2\n3,")
        for (let n = 0; n < 1000; n++) yield new Uint8Array(65_536).fill(0x78)
        yield utf8("\n5,6\n")
      })(),
      { maxRecordSize: ByteSize.kibibytes(256), onBadRow: "reject" },
    )
    assert.strictEqual(scanned.rows.length, 2)
    assert.strictEqual(scanned.rejects[0]?.rawBytes, 65_536_002)
    assert.strictEqual(scanned.rejects[0]?.raw.length, longestRaw)
  })
})

describe("bytes that are not text", () => {
  it("cost their record, all lines of it", () => {
    assert.deepStrictEqual(comeUnderBoth('a,b\n1,"x\0\ny, z\n"\n2,3\n4,\0'), {
      rows: ["2|3"],
      rejects: ['1:2:nul_byte:1,"x\\x00\ny, z\n"', "3:6:nul_byte:4,\\x00"],
      repairs: {},
      error: null,
    })
    assert.deepStrictEqual(comeUnderBoth(bytes("a,b\n1,é", 0xe2, 0x82, "\r\n2,3\n", 0xff, ",5\n6,", 0xc3)), {
      rows: ["2|3"],
      rejects: ["1:2:invalid_utf8:1,é\\xE2\\x82", "3:4:invalid_utf8:\\xFF,5", "4:5:invalid_utf8:6,\\xC3"],
      repairs: {},
      error: null,
    })
  })

  it("behind a quote that is never closed cost two lines", () => {
    assert.deepStrictEqual(comeUnderBoth('a,b\n1,"x\n2,3\n4,\0\n5,6\n'), {
      rows: ["2|3", "5|6"],
      rejects: ['1:2:unterminated_quote:1,"x', "3:4:nul_byte:4,\\x00"],
      repairs: {},
      error: null,
    })
  })
})

describe("batches", () => {
  it("hold no more than a thousand rejects", () => {
    const file = utf8(`a,b\n${"x\n".repeat(10_000)}1,2\n`)
    const outcome = scanAll([file], { onBadRow: "reject" })
    assert.strictEqual(outcome.rejects.length, 10_000)
    assert.deepStrictEqual(outcome.rows, [["1", "2"]])
    assert.deepStrictEqual(scanAll(cut(file, 4096), { onBadRow: "reject" }), outcome)
  })
})

describe("a file made to be read again and again", () => {
  // Under each line by itself a quote is open at the end, and none of the lines behind closes it for good.
  const cases = ['a",b,"d\n', '"\n', ',"""\n', '"x"y,"\n', '"a\nb,c\n', '""x\n,"\n']
  it.each(cases)("is read in linear time: %j", (line) => {
    const file = utf8(`h,i,j\n${line.repeat(40_000)}`)
    for (const onBadRow of ["reject", "pad"] as const) {
      const options = { onBadRow, maxRecordSize: ByteSize.kibibytes(128) }
      assert.isAbove(scanAll(cut(file, 65_536), options).records, 0)
    }
  })
})
