import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import { standard } from "../../../../src/Csv/record/Dialect.ts"
import { cut, scanAll, type ScanOptions, type ScanOutcome, utf8 } from "../../readingCsv.ts"
import { anyMixedFile } from "./anyMixedFile.ts"

type Outcomes = ReadonlyArray<ScanOutcome>

/**
 * In the first rows, the warning of a note after a blank line depends on how many rows a step of the scan has. It may take the place
 * of another sign of a second table, so then neither is compared.
 */
const withoutNotes = (outcomes: Outcomes): Outcomes =>
  outcomes.some(({ warnings }) => warnings.some(({ message }) => message.includes("follows a blank line")))
    ? outcomes.map((outcome) => ({
        ...outcome,
        warnings: outcome.warnings.filter(({ code }) => code !== "two_tables"),
      }))
    : outcomes

/** Scans the chunks with text format allowed. Checks that the result is the same as without. */
const scanBothWays = (
  pieces: ReadonlyArray<Uint8Array>,
  options: ScanOptions,
  compared = (outcomes: Outcomes) => outcomes,
) => {
  const counts = { rows: 0, switches: 0 }
  const onText = (rows: number, switches: number) => Object.assign(counts, { rows, switches })
  const outcome = scanAll(pieces, { ...options, onText })
  const { clean: _, ...inBinary } = options
  const [inText, alike] = compared([outcome, scanAll(pieces, inBinary)])
  assert.deepStrictEqual(inText, alike)
  return { ...counts, outcome }
}

const header = utf8("a,b,c\n")
const clean = "1,two,\n".repeat(50)

describe("clean records", () => {
  it.prop(
    "give the same rows, rejects, skipped lines, counts and warnings in text format",
    [anyMixedFile],
    ([{ dialect, lineEnd, maxRecordSize, onBadRow, pieces }]) => {
      const limit = ByteSize.bytes(maxRecordSize)
      scanBothWays(pieces, { dialect, onBadRow, clean: lineEnd, maxRecordSize: limit }, withoutNotes)
    },
    { arbitrary: { runs: 1000, size: 30 } },
  )

  it("are sent as they are, in parts of the chunks", () => {
    const { rows, switches } = scanBothWays([header, ...cut(utf8(clean.repeat(40)), 500)], { clean: "\n" })
    assert.strictEqual(rows, 2000)
    assert.strictEqual(switches, 1)
  })

  for (const [name, odd] of [
    ["a field in quotes", 'x,"y ""z""\n",w\n'],
    ["a backslash", "C:\\new,\\N,\\.\n"],
    ["a backslash before the delimiter", "x\\,y,z\n"],
    ["a CRLF", "x,y,z\r\n"],
    ["a lone CR", "x,y,z\rx,y,z\n"],
    ["characters beyond ASCII", "é,東京,🦆\n"],
    ["a cell with the delimiter", '",",",,",\n'],
    ["blank lines", "\n\n"],
    ["a reject", "1,2\n"],
  ] as const)
    it(`may have ${name} between them`, () => {
      const text = utf8(`${clean}${odd}${clean}${odd}`)
      for (const size of [1, 7, 64, 1 << 16]) {
        const { rows, switches } = scanBothWays([header, ...cut(text, size)], {
          clean: "\n",
          onBadRow: "reject",
        })
        assert.isAbove(rows, 99)
        assert.strictEqual(switches, 1)
      }
    })

  it("end in the same way, with CRLF too", () => {
    const text = utf8(`a,b,c\r\n${clean.replaceAll("\n", "\r\n")}x,y,z\nx,"\n",\r\n1,2,3\r\n`)
    for (const size of [1, 7, 64, 1 << 16]) {
      const { rows } = scanBothWays([text.subarray(0, 7), ...cut(text.subarray(7), size)], { clean: "\r\n" })
      assert.strictEqual(rows, 53)
    }
  })

  it("are not used after an empty text that is not NULL, which text format does not have", () => {
    const pieces = [header, utf8(clean), utf8(`${clean}x,"",z\n${clean}`), utf8(clean)]
    const { rows, switches } = scanBothWays(pieces, { clean: "\n" })
    assert.strictEqual(rows, 50)
    assert.strictEqual(switches, 2)
    const { rows: all } = scanBothWays(pieces, { clean: "\n", dialect: { ...standard, nulls: "none" } })
    assert.strictEqual(all, 201)
  })

  it("are not used if most records are not clean", () => {
    const pieces = [header, ...cut(utf8('"x",y,z\n'.repeat(100_000)), 1 << 16)]
    const { rows } = scanBothWays(pieces, { clean: "\n" })
    assert.isBelow(rows, 30_000)
  })

  it("are not used in a table of one column, or with a delimiter that COPY does not have", () => {
    assert.strictEqual(scanBothWays([utf8("a\n"), utf8("x\n\ny\n")], { clean: "\n" }).rows, 0)
    const letters = { ...standard, delimiter: "x" }
    assert.strictEqual(
      scanBothWays([utf8("axb\n"), utf8("1x2\n")], { clean: "\n", dialect: letters }).rows,
      0,
    )
  })

  it("end a footer that was held back", () => {
    const text = `${clean}total: two words\n${clean}`
    for (const onBadRow of ["fail", "reject"] as const) {
      const { outcome } = scanBothWays([header, utf8(text)], { clean: "\n", onBadRow })
      assert.strictEqual(outcome.rejects.length, onBadRow === "fail" ? 0 : 1)
    }
  })

  it("of another table are found", () => {
    for (const [other, line] of [
      ["a,b,c\n", 52],
      ["\ufeffa,b,d\n", 52],
      ["\nnote,two,three\n", 53],
    ] as const) {
      const { outcome } = scanBothWays([header, utf8(`${clean}${other}${clean}`)], { clean: "\n" })
      const found = outcome.warnings.map((warning) => [warning.code, warning.line])
      assert.deepStrictEqual(found, [["two_tables", line]])
    }
  })
})
