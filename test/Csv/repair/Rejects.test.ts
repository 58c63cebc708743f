import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import { standard } from "../../../src/Csv/record/Dialect.ts"
import { longestRaw } from "../../../src/Domain/load/Reject.ts"
import { outcome, sameOutcome } from "./outcome.ts"
import { bytes, cut, scanAll, scanEveryWay, utf8 } from "../readingCsv.ts"

describe("a record with a wrong number of fields", () => {
  const file = "a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,\n5"

  it("fails the load under fail", () => {
    assert.deepStrictEqual(outcome(file, "fail"), {
      rows: ["1|2|3"],
      rejects: [],
      repairs: {},
      error: "ragged_record",
    })
  })

  it("is stored as a reject under reject, with the error's place and message", () => {
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
          "The record on line 3 has 2 fields, expected 3 as in the header. Add the missing fields; they may be empty.",
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
          "The record on line 4 has 4 fields, expected 3 as in the header. Quote any field that contains the delimiter, or remove the surplus fields.",
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
          "The record on line 6 has 1 field, expected 3 as in the header. Add the missing fields; they may be empty.",
        raw: "5",
        rawBytes: 1,
      },
    ])
  })

  it("is filled with NULL or cut under pad", () => {
    assert.deepStrictEqual(outcome(file, "pad"), {
      rows: ["1|2|3", "4|5|∅", "6|7|8", "1|2|∅", "5|∅|∅"],
      rejects: [],
      repairs: { short_record: 2, long_record: 1 },
      error: null,
    })
  })

  it("is filled with NULL whatever nullValues is, and its cut fields must be valid text", () => {
    const dialect = { ...standard, nulls: "none" as const, nullValues: ["NA"] }
    assert.deepStrictEqual(outcome("a,b,c\n,\nNA\n", "pad", { dialect }).rows, ["||∅", "∅|∅|∅"])
    assert.deepStrictEqual(outcome('a,b\n1,"",\n1,2,\0\n1,2,"3"x\n', "pad"), {
      rows: ["1|"],
      rejects: ["2:3:nul_byte:1,2,\\x00", '3:4:text_after_quote:1,2,"3"x'],
      repairs: { long_record: 1 },
      error: null,
    })
  })

  it("can be filled up to 1,600 columns, or cut down to them, without running out of buffer", () => {
    const header = Array.from({ length: 1600 }, (_, n) => `c${n}`).join(",")
    const { repairs, rows } = scanAll([utf8(`${header}\n${"x\n".repeat(300)}${"y,".repeat(100_000)}\n`)], {
      onBadRow: "pad",
    })
    assert.deepStrictEqual(repairs, { short_record: 300, long_record: 1 })
    assert.isTrue(rows.every((row) => row.length === 1600))
  })

  it("is one record if its text spans lines", () => {
    const file = 'a,b,c\n1,"x\ny",2,3\n4,"x\r\n, and\r\ny"\r\n7,8,9\n'
    assert.deepStrictEqual(outcome(file, "reject"), {
      rows: ["7|8|9"],
      rejects: ['1:2:ragged_record:1,"x\ny",2,3', '2:4:ragged_record:4,"x\r\n, and\r\ny"'],
      repairs: {},
      error: null,
    })
    assert.deepStrictEqual(outcome(file, "pad").rows, ["1|x\ny|2", "4|x\r\n, and\r\ny|∅", "7|8|9"])
  })

  it("ends after its first line if each of the following lines is a record", () => {
    assert.deepStrictEqual(outcome('a,b,c\n1,"x,3\n4,5,6\n7,8,9\n1,2",3,4,5\n7,8,9\n', "reject").rows, [
      "7|8|9",
    ])
    assert.deepStrictEqual(sameOutcome('a,b,c\n"x,3\n4,5,6\n7,8,9\n1,2",3\n7,8,9\n'), {
      rows: ["4|5|6", "7|8|9", '1|2"|3', "7|8|9"],
      rejects: ['1:2:unterminated_quote:"x,3'],
      repairs: {},
      error: null,
    })
  })
})

describe("a record that is too large", () => {
  const options = { maxRecordSize: ByteSize.bytes(12) }

  it("is rejected up to its end, and its whole length is counted", () => {
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
    assert.strictEqual(outcome(file, "fail", options).error, "record_too_large")
  })

  it("may be the last record and have no end", () => {
    assert.deepStrictEqual(sameOutcome(`a,b\n1,2\n3,"${"x".repeat(50)}`, options).rejects.length, 1)
    assert.deepStrictEqual(sameOutcome(`a,b\n1,2\n3,${"x".repeat(50)}`, options).rejects.length, 1)
  })

  it("is skipped without being kept in memory", () => {
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
  it("reject their record with all its lines", () => {
    assert.deepStrictEqual(sameOutcome('a,b\n1,"x\0\ny, z\n"\n2,3\n4,\0'), {
      rows: ["2|3"],
      rejects: ['1:2:nul_byte:1,"x\\x00\ny, z\n"', "3:6:nul_byte:4,\\x00"],
      repairs: {},
      error: null,
    })
    assert.deepStrictEqual(sameOutcome(bytes("a,b\n1,é", 0xe2, 0x82, "\r\n2,3\n", 0xff, ",5\n6,", 0xc3)), {
      rows: ["2|3"],
      rejects: ["1:2:invalid_utf8:1,é\\xE2\\x82", "3:4:invalid_utf8:\\xFF,5", "4:5:invalid_utf8:6,\\xC3"],
      repairs: {},
      error: null,
    })
  })

  it("after an unclosed quote reject their line", () => {
    assert.deepStrictEqual(sameOutcome('a,b\n1,"x\n2,3\n4,\0\n5,6\n'), {
      rows: ['1|"x', "2|3", "5|6"],
      rejects: ["3:4:nul_byte:4,\\x00"],
      repairs: { stray_quote: 1 },
      error: null,
    })
  })
})

describe("a batch", () => {
  it("has at most 1,000 rejects", () => {
    const file = utf8(`a,b\n${"x\n".repeat(10_000)}1,2\n`)
    const outcome = scanAll([file], { onBadRow: "reject" })
    assert.strictEqual(outcome.rejects.length, 10_000)
    assert.deepStrictEqual(outcome.rows, [["1", "2"]])
    assert.deepStrictEqual(scanAll(cut(file, 4096), { onBadRow: "reject" }), outcome)
  })
})

describe("a last column without name or values", () => {
  const layout = { hasHeader: true, columns: 3, surplus: "last", optionalColumns: 1, width: null } as const

  it("is NULL in a record that ends before it, under every policy", () => {
    const file = 'a,b\n1,2,\n3,4\r\n5,\n"6\n7","8"\n\n9,10'
    for (const onBadRow of ["fail", "reject", "pad"] as const)
      assert.deepStrictEqual(outcome(file, onBadRow, { layout }), {
        rows: ["1|2|∅", "3|4|∅", "5|∅|∅", "6\n7|8|∅", "9|10|∅"],
        rejects: [],
        repairs: { short_record: 4 },
        error: null,
      })
  })

  it("does not excuse a record that lacks more fields or has too many", () => {
    assert.deepStrictEqual(outcome("a,b\n1,2,\n3\n4,5,6,7\n8,9", "reject", { layout }), {
      rows: ["1|2|∅", "8|9|∅"],
      rejects: ["2:3:ragged_record:3", "3:4:ragged_record:4,5,6,7"],
      repairs: { short_record: 1 },
      error: null,
    })
  })
})

describe("Ctrl-Z at the end of a file", () => {
  const mark = "\u001a"

  it("is not a record, even in a table of one column", () => {
    for (const end of [mark, mark.repeat(100)]) {
      assert.deepStrictEqual(outcome(`a,b\n1,2\r\n${end}`, "fail").rows, ["1|2"])
      assert.deepStrictEqual(outcome(`a\n1\n${end}`, "fail").rows, ["1"])
    }
  })

  it("is text anywhere else", () => {
    assert.deepStrictEqual(outcome(`a\n${mark}\n1\n`, "fail").rows, [mark, "1"])
    assert.deepStrictEqual(outcome(`a\n1${mark}`, "fail").rows, [`1${mark}`])
    assert.deepStrictEqual(outcome(`a\n"${mark}"`, "fail").rows, [mark])
    assert.deepStrictEqual(outcome(`a,b\n1,${mark}`, "fail").rows, [`1|${mark}`])
  })
})
