import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { encodeText } from "../encoding/encodeText.ts"
import { foundOut, utf8 } from "../readingCsv.ts"
import { baseTables, pick, randomFrom } from "./pollution/baseTables.ts"
import { knownMisses, knownMissesOfOneColumn, knownMissesOfThree } from "./pollution/knownMisses.ts"
import { type Draft, draftOf, textOf } from "./pollution/Draft.ts"
import { draftsOf, draftsOfOneColumn, writings } from "./pollution/drafts.ts"
import { endings } from "./pollution/endings.ts"
import { pollutions, pollutionsOfOneColumn } from "./pollution/pollutions.ts"
import { preambles } from "./pollution/preambles.ts"
import { rowPollutions } from "./pollution/rowPollutions.ts"
import { possible, type Writing } from "./pollution/writing.ts"

/** The dialect does without this quote where no cell needs it. */
const usesQuotes = (draft: Draft): boolean => {
  const { delimiter, quote, quoting } = draft.writing
  if (quote === null) return false
  const clean = draftOf(draft.table, draft.writing, draft.random).rows
  return quoting === "all" || clean.some((row) => `${delimiter}${row}`.includes(delimiter + quote))
}

/** What is found out about the file, as far as that can be right or wrong. */
const detected = Effect.fnUntraced(function* (draft: Draft) {
  const { dialect, header, skippedLines } = yield* foundOut([utf8(textOf(draft))])
  const hasQuotes = usesQuotes(draft)
  const hasEscapes = hasQuotes && draft.rows.some((row) => row.includes(`\\${draft.writing.quote}`))
  return {
    delimiter: dialect?.delimiter,
    quote: hasQuotes ? dialect?.quote : draft.writing.quote,
    escape: hasEscapes ? dialect?.escape : draft.writing.escape,
    recordEnd: dialect?.recordEnd,
    skipInitialSpace: dialect?.skipInitialSpace,
    header,
    skippedLines,
  }
})

const expected = (draft: Draft): Effect.Success<ReturnType<typeof detected>> => ({
  delimiter: draft.table.header.length === 1 ? null : draft.writing.delimiter,
  quote: draft.writing.quote,
  escape: draft.writing.escape,
  recordEnd: "any",
  skipInitialSpace: false,
  header: draft.cells,
  skippedLines: draft.skipped,
})

/** How many files are made, and which of them are misread. */
const tried = Effect.fnUntraced(function* (drafts: Iterable<Draft>) {
  let files = 0
  const misses: Record<string, number> = {}
  for (const draft of drafts) {
    files++
    const found = yield* detected(draft)
    const { name } = draft.table
    if (JSON.stringify(found) !== JSON.stringify(expected(draft))) misses[name] = (misses[name] ?? 0) + 1
  }
  return { files, misses }
})

describe("polluted tables", () => {
  it.effect.each(pollutions.map((pollution) => [pollution.name, pollution] as const))(
    "the dialect of a polluted table is detected, except for known misses: %s",
    ([name, pollution]) =>
      Effect.gen(function* () {
        const { files, misses } = yield* tried(draftsOf(pollution))
        assert.isAbove(files, 10)
        assert.deepStrictEqual(misses, knownMisses[name]?.misses ?? {})
      }),
  )
})

describe("polluted tables of one column", () => {
  it.effect.each(pollutionsOfOneColumn.map((pollution) => [pollution.name, pollution] as const))(
    "the dialect of a polluted table of one column is detected: %s",
    ([name, pollution]) =>
      Effect.gen(function* () {
        const { files, misses } = yield* tried(draftsOfOneColumn(pollution))
        assert.isAbove(files, 10)
        assert.deepStrictEqual(misses, knownMissesOfOneColumn[name]?.misses ?? {})
      }),
  )
})

describe("a table polluted in three ways", () => {
  it.effect("is read as meant, except for known misses", () =>
    Effect.gen(function* () {
      const random = randomFrom(2026)
      const rows = rowPollutions.filter(({ name }) => !/blank|huge/.test(name))
      const drafts = Array.from({ length: 600 }, () => {
        const [size, writing] = pick(
          random,
          writings.filter(([size]) => size === 40),
        )
        const clean = draftOf(pick(random, baseTables(size).slice(0, -1)), writing, random)
        const withRow = pick(random, rows).apply(clean) ?? clean
        const withEnd = pick(random, endings).apply(withRow) ?? withRow
        return pick(random, preambles).apply(withEnd) ?? withEnd
      })
      const { files, misses } = yield* tried(drafts)
      assert.deepStrictEqual([files, misses], [600, knownMissesOfThree])
    }),
  )
})

const encodings: ReadonlyArray<readonly [Encoding, mark: string]> = [
  ["utf-8", ""],
  ["utf-8", "\ufeff"],
  ["utf-16le", "\ufeff"],
  ["utf-16le", ""],
  ["utf-16be", "\ufeff"],
  ["utf-16be", ""],
  ["windows-1252", ""],
]

const allWritings = [",", ";", "\t", "|", ":"].flatMap((delimiter) =>
  [
    ['"', '"'],
    ['"', "\\"],
    ["'", "'"],
    [null, '"'],
  ].flatMap(([quote = null, escape]) =>
    (["all", "needed"] as const).flatMap((quoting) =>
      ["\n", "\r\n", "\r"].map((lineEnd): Writing => ({
        delimiter,
        quote,
        escape: escape ?? '"',
        lineEnd,
        quoting,
      })),
    ),
  ),
)

describe("a clean table comes back as it was", () => {
  it.effect.each(encodings)("in every dialect, in %s with the mark %j", ([encoding, mark]) =>
    Effect.gen(function* () {
      for (const table of baseTables(30).slice(1, 3))
        for (const writing of allWritings) {
          const text = mark + textOf(draftOf(table, writing, randomFrom(1)))
          const found = yield* foundOut([encodeText(text, encoding)])
          const isNull = (cell: string): boolean =>
            cell === "" && (writing.quoting === "needed" || writing.quote === null)
          const rows = table.rows.map((row) =>
            row.map((cell) => (isNull(cell) ? null : possible(cell, writing))),
          )
          assert.deepStrictEqual([found.error, found.header, found.rows], [null, table.header, rows], text)
          if (utf8(text).length > text.length) assert.strictEqual(found.encoding, encoding)
        }
    }),
  )
})
