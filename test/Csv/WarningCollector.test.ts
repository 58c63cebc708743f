import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { standard } from "../../src/Csv/record/Dialect.ts"
import { WarningCollector } from "../../src/Csv/WarningCollector.ts"
import { planColumns } from "../../src/Domain/load/columns/planColumns.ts"
import type { Findings } from "../../src/Domain/load/Findings.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import type { Reject } from "../../src/Domain/load/Reject.ts"
import type { SkippedLine } from "../../src/Domain/load/SkippedLine.ts"
import { loadWarning } from "../../src/Domain/load/LoadWarning.ts"
import { batchFrom, findings, rejectOf, skippedLine } from "../support/SinkLoads.ts"

const lineOf = (kind: SkippedLine["kind"], line: number, raw: string): SkippedLine => ({
  ...skippedLine(line, raw),
  kind,
})

/** Codes and lines of the warnings of a file with three columns, and their messages. */
const warned = (
  file: {
    header?: ReadonlyArray<string>
    options?: LoadOptions
    rows?: number
    isWhole?: boolean
    rejects?: ReadonlyArray<Reject>
    skipped?: ReadonlyArray<SkippedLine>
    found?: Partial<Omit<Findings, "dialect">> & { dialect?: Partial<Findings["dialect"]> }
  } = {},
) => {
  const {
    found = {},
    header = ["id", "name", "note"],
    isWhole = true,
    options = {},
    rejects = [],
    rows = 1,
    skipped = [],
  } = file
  const collector = new WarningCollector(
    { header, dialect: { ...standard, comment: "#" }, unitsLine: null },
    Result.getOrThrow(planColumns(header, options)),
    options,
  )
  collector.observe({
    ...batchFrom(1, ...Array.from({ length: rows }, () => header)),
    rejects,
    skipped,
  })
  const warnings = collector.warnings(
    {
      ...findings,
      repairs: {},
      ...found,
      dialect: { ...findings.dialect, comment: "#", ...found.dialect },
    },
    isWhole,
  )
  return {
    codes: warnings.map(({ code, line }) => (line === null ? code : `${code} ${line}`)),
    text: warnings.map(({ message }) => message).join("\n"),
  }
}

describe("the warnings of a load", () => {
  it("are none for an ordinary file", () => {
    assert.deepStrictEqual(warned().codes, [])
  })

  it("begin with those of the reader", () => {
    const guess = loadWarning("encoding_guess", "Guessed.")
    const { codes } = warned({ rows: 0, found: { warnings: [guess] } })
    assert.deepStrictEqual(codes, ["encoding_guess", "no_records"])
  })

  it("say that there are no records only once the whole file has been read", () => {
    assert.deepStrictEqual(warned({ rows: 0, isWhole: false }).codes, [])
  })

  it("name rejects, repairs, a single column and changed names", () => {
    const { codes, text } = warned({
      header: [""],
      rejects: [rejectOf(5), rejectOf(6)],
      found: { repairs: { short_record: 1, long_record: 2, stray_quote: 1, short_header: 3 } },
    })
    assert.deepStrictEqual(codes, [
      "rejected_records 6",
      "short_record",
      "long_record",
      "stray_quote",
      "one_column",
      "short_header",
      "made_up_names",
    ])
    assert.include(text, "2 of 3 records cannot be loaded")
    assert.include(text, "1 record is too short and filled with NULL")
    assert.include(text, "2 records are too long and cut")
    assert.include(text, '"" becomes "column_1"')
  })

  it("name skipped lines of each kind with their first line, and those that may be records", () => {
    const { codes, text } = warned({
      skipped: [
        lineOf("preamble", 1, "Exported, by hand"),
        lineOf("preamble", 2, "on Friday"),
        lineOf("comment", 4, "# 1,Ann,x"),
        lineOf("comment", 5, "# a, comment"),
        lineOf("footer", 9, "Total,,12"),
        lineOf("footer", 10, '"made in 2020, by hand",,'),
      ],
    })
    assert.deepStrictEqual(codes, ["preamble 1", "comments 4", "footer 9", "skipped_cells 1"])
    assert.include(
      text,
      "2 lines before the header are skipped. If the table begins above, give skipLines, the number of lines before it.",
    )
    assert.include(
      text,
      "2 lines that start with # are skipped as comments. To load them, give comment=none.",
    )
    assert.include(
      text,
      "may be records: 1 line before the header (skipLines=0 loads it), 1 comment (comment=none loads it), 1 line after the last record.",
    )
  })

  it("are not reported after the last record if skipFooter names as many", () => {
    const skipped = [lineOf("footer", 9, "Total,,12"), lineOf("footer", 10, "made by hand,,")]
    assert.deepStrictEqual(warned({ skipped, options: { skipFooter: 2 } }).codes, [])
    for (const skipFooter of [0, 1])
      assert.include(warned({ skipped, options: { skipFooter } }).codes, "footer 9")
  })

  it("do not name what the options ask for", () => {
    const { codes } = warned({
      options: { delimiter: ",", skipLines: 1, comment: "#" },
      skipped: [lineOf("preamble", 1, "a,b"), lineOf("comment", 2, "#a,b")],
    })
    assert.deepStrictEqual(codes, [])
  })

  it("name a given delimiter that leaves one column", () => {
    const { codes, text } = warned({ header: ["a,b"], options: { delimiter: ";" } })
    assert.deepStrictEqual(codes, ["one_column"])
    assert.include(text, 'only one column with the given delimiter ";"')
  })

  it("do not name columns that the options name or skip", () => {
    const header = ["Größe", "Größe", "", "Ort"]
    assert.deepStrictEqual(warned({ header, options: { columns: { Ort: { name: "place" } } } }).codes, [
      "made_up_names",
    ])
    const columns = { Größe_2: { name: "size" }, column_3: { skip: true } } as const
    assert.deepStrictEqual(warned({ header, options: { columns } }).codes, [])
    assert.deepStrictEqual(warned({ header: ["First Name", "note"], options: { names: "snake" } }).codes, [])
  })

  it("name no made-up names of a file without a header", () => {
    assert.deepStrictEqual(
      warned({ found: { dialect: { hasHeader: false } }, header: ["", "a", "a"] }).codes,
      [],
    )
  })
})
