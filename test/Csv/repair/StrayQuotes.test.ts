import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import { standard } from "../../../src/Csv/record/Dialect.ts"
import { type HeaderLayout, plainLayout } from "../../../src/Csv/record/HeaderLayout.ts"
import { outcome, sameOutcome } from "./outcome.ts"
import { scanEveryWay, type ScanOptions } from "../readingCsv.ts"

/** The layout of a table of this width, as its sample shows it. */
const layoutOf = (hasHeader: boolean, width: number): HeaderLayout => ({ ...plainLayout, hasHeader, width })

const semicolons = { ...standard, delimiter: ";" }

/** The rows of a file whose only problem is stray quotes in one record. */
const repaired = (file: string, options: ScanOptions = {}): ReadonlyArray<string> => {
  const { error, rejects, repairs, rows } = sameOutcome(file, options)
  assert.deepStrictEqual(
    { error, rejects, repairs },
    { error: null, rejects: [], repairs: { stray_quote: 1 } },
  )
  assert.strictEqual(outcome(file, "fail", options).error, "text_after_quote")
  return rows
}

describe("a quote that is never closed", () => {
  it("is text if the line then has the right number of fields and records follow", () => {
    assert.deepStrictEqual(sameOutcome('a,b\n1,2\n3,"4\n5,6\n7,8\n'), {
      rows: ["1|2", '3|"4', "5|6", "7|8"],
      rejects: [],
      repairs: { stray_quote: 1 },
      error: null,
    })
    assert.deepStrictEqual(sameOutcome('a,b,c\n1,"x,3\n4,5,6\n7,"8",9\n').rows, ['1|"x|3', "4|5|6", "7|8|9"])
  })

  it("rejects its line if not", () => {
    assert.deepStrictEqual(sameOutcome('a,b,c\n1,"2\n3,4,5\n6,7,8\n'), {
      rows: ["3|4|5", "6|7|8"],
      rejects: ['1:2:unterminated_quote:1,"2'],
      repairs: {},
      error: null,
    })
    assert.deepStrictEqual(sameOutcome('a\n1\n"x\ny\nz'), {
      rows: ["1", "y", "z"],
      rejects: ['2:3:unterminated_quote:"x'],
      repairs: {},
      error: null,
    })
  })

  it("rejects a last record that is cut", () => {
    for (const end of ["", "\n", "\r\n"])
      assert.deepStrictEqual(sameOutcome(`a,b\n1,2\n3,"some text${end}`).rows, ["1|2"])
  })

  it("rejects its whole record if they are not, so the middle of a text does not become rows", () => {
    assert.deepStrictEqual(sameOutcome('a,b\n1,2\n3,"Dear all\n\nthis ends\nhere'), {
      rows: ["1|2"],
      rejects: ['2:3:unterminated_quote:3,"Dear all\n\nthis ends\nhere'],
      repairs: {},
      error: null,
    })
  })

  it("is found even if the record exceeds the size limit", () => {
    const options = { maxRecordSize: ByteSize.bytes(40) }
    const lines = Array.from({ length: 20 }, (_, n) => `${n},${n}`)
    assert.deepStrictEqual(sameOutcome(`a,b\n1,"\n${lines.join("\n")}\n`, options), {
      rows: ['1|"', ...lines.map((line) => line.replace(",", "|"))],
      rejects: [],
      repairs: { stray_quote: 1 },
      error: null,
    })
  })

  it("fails the load if it is in the header and the width of the table is not known", () => {
    for (const header of ['a,"b\n1,2\n', '"a"b,c\n1,2\n', "a\0,b\n1,2\n"])
      assert.isNotNull(outcome(header, "reject").error)
  })
})

describe("a quote that is not doubled", () => {
  it("is text if the record then has the right number of fields", () => {
    assert.deepStrictEqual(repaired('a,b\n"He said "hi" to me",x\n1,2\n'), ['He said "hi" to me|x', "1|2"])
    assert.deepStrictEqual(repaired('a,b\n1,"2" x"\n'), ['1|2" x'])
    assert.deepStrictEqual(repaired('a,b\n""1"",2'), ['"1"|2'])
    assert.deepStrictEqual(repaired('a,b\n"x "y"","z ""a"" "b"""\r\n'), ['x "y"|z "a" "b"'])
    assert.deepStrictEqual(repaired('a,b\n"1"",2\n"3","4"\n'), ['1"|2', "3|4"])
    assert.deepStrictEqual(repaired('a,b\n"say "1, 2" or",""\n'), ['say "1, 2" or|'])
    assert.deepStrictEqual(repaired('a\n"x "y" z"\n'), ['x "y" z'])
  })

  it("is text in a field of several lines, if none of them could be a record", () => {
    assert.deepStrictEqual(repaired('a,b,c\n1,"x "hi"\nand, so\r\non",3\n4,5,6\n'), [
      '1|x "hi"\nand, so\r\non|3',
      "4|5|6",
    ])
    assert.deepStrictEqual(repaired('a,b\n1,"first\nHe said "hi" ok"\n6,7\n'), [
      '1|first\nHe said "hi" ok',
      "6|7",
    ])
  })

  it("follows the dialect: delimiter, quote, escape, spaces, NULLs", () => {
    const options = { dialect: { ...standard, delimiter: ";", quote: "'", escape: "\\", nullValues: ["NA"] } }
    assert.deepStrictEqual(repaired("a;b;c\n'it's \\'so\\'';NA;''\n", options), ["it's 'so'|∅|"])
    const skipping = { dialect: { ...standard, skipInitialSpace: true } }
    assert.deepStrictEqual(repaired('a,b\n1, "x "y" z" \n', skipping), ['1|x "y" z'])
  })

  it("is not taken for a doubled one across spaces that the dialect ignores", () => {
    const skipping = { dialect: { ...standard, skipInitialSpace: true } }
    assert.deepStrictEqual(repaired('a,b\n"x" "y", 1\n2, 3\n', skipping), ['x" "y|1', "2|3"])
    assert.deepStrictEqual(repaired('a,b\n"x" "", 1\n2, 3\n', skipping), ['x" "|1', "2|3"])
    assert.deepStrictEqual(outcome('a,b\n"x" , "y" \n', "fail", skipping).rows, ["x|y"])
  })

  it("rejects the line if it cannot be repaired", () => {
    assert.deepStrictEqual(sameOutcome('a,b\n"1"x,2\n3,4\n'), {
      rows: ["3|4"],
      rejects: ['1:2:text_after_quote:"1"x,2'],
      repairs: {},
      error: null,
    })
    assert.deepStrictEqual(sameOutcome('a,b,c\n1,"2" ,3\n3,4,5\n').rejects, ['1:2:text_after_quote:1,"2" ,3'])
  })

  it("may open a field, if that takes in delimiters", () => {
    const columns = "a,b,c,d\n"
    assert.deepStrictEqual(repaired(`${columns}Graz,"AT,290000,"c, d"\n1,2,3,4\n`), [
      'Graz|"AT|290000|c, d',
      "1|2|3|4",
    ])
    assert.deepStrictEqual(repaired(`${columns}"Graz,AT,"290,000",x`), ['"Graz|AT|290,000|x'])
    // The width does not show which of the quotes is stray.
    assert.deepStrictEqual(sameOutcome(`${columns}1,"2"x,3,4\n`).rejects.length, 1)
  })

  it("never joins lines that could be two records", () => {
    assert.deepStrictEqual(sameOutcome('a,b\n1,"x "y" z\n2,"foo\nbar"\n6,7\n'), {
      rows: ["2|foo\nbar", "6|7"],
      rejects: ['1:2:text_after_quote:1,"x "y" z'],
      repairs: {},
      error: null,
    })
  })

  it("rejects only its record if that has several lines and the wrong width", () => {
    assert.deepStrictEqual(sameOutcome('a,b,c\n1,"x "hi" y\nmore, of it\nend",3,4\n7,8,9\n'), {
      rows: ["7|8|9"],
      rejects: ['1:2:text_after_quote:1,"x "hi" y\nmore, of it\nend",3,4'],
      repairs: {},
      error: null,
    })
  })

  it("is the place of a reject that ends before the line where the quotes turned out to be wrong", () => {
    const file = 'a,b\n1,"x\n""""y\n,""\n2,End "t\n'
    assert.deepStrictEqual(sameOutcome(file), {
      rows: ['2|End "t'],
      rejects: ['1:2:unterminated_quote:1,"x\n""""y\n,""'],
      repairs: {},
      error: null,
    })
  })
})

/** The header, or the code of the error. */
const headerOf = (file: string, width: number, options: ScanOptions = {}) => {
  const { error, header, lines, repairs } = scanEveryWay(file, {
    onBadRow: "reject",
    layout: layoutOf(true, width),
    ...options,
  })
  return error === null ? { header, lines: lines?.header, repairs } : error.code
}

describe("the first record", () => {
  it("is repaired like any other if the width of the table is known", () => {
    const repairs = { stray_quote: 1 }
    assert.deepStrictEqual(headerOf('"id","the "big" name"\n"1","Ann"\n', 2), {
      header: ["id", 'the "big" name'],
      lines: 1,
      repairs,
    })
    assert.deepStrictEqual(headerOf('city,"country,people,"note"\nBrno,CZ,380000,"a, b"\n', 4), {
      header: ["city", '"country', "people", "note"],
      lines: 1,
      repairs,
    })
    assert.deepStrictEqual(headerOf('x\n"a "b"",d\n1,2\n', 2, { skipLines: 1 }), {
      header: ['a "b"', "d"],
      lines: 1,
      repairs,
    })
    const noHeader = { onBadRow: "reject", layout: layoutOf(false, 2) } as const
    assert.deepStrictEqual(
      scanEveryWay('1;"say "hi" now"\r\n2;x', { ...noHeader, dialect: semicolons }).rows,
      [
        ["1", 'say "hi" now'],
        ["2", "x"],
      ],
    )
  })

  it("fails the load if it cannot be repaired, and always under fail", () => {
    assert.strictEqual(headerOf('a,"b"x,c\n1,2,3\n', 4), "text_after_quote")
    assert.strictEqual(headerOf('a,"b\0 "x"\n1,2\n', 2), "nul_byte")
    assert.strictEqual(headerOf('"a "b"",c\n1,2\n', 2, { onBadRow: "fail" }), "text_after_quote")
  })
})
