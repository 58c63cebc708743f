import { assert, describe, it } from "@effect/vitest"
import { parse } from "csv-parse/sync"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { byteOrderMarkLength } from "../../src/Bytes/ByteOrderMark.ts"
import {
  anyBytes,
  anyTable,
  fileOf,
  headerOf,
  natural,
  recordsOf,
  valueOf,
  withoutLastBlanks,
} from "./anyTable.ts"
import { outcomeOf, piecesOf, scan } from "./readingCsv.ts"

const sizes = Arbitrary.array(natural, { maxLength: 5 })
const runs = { arbitrary: { runs: 500, size: 40 } }

const scanCut = (file: Uint8Array, sizes: ReadonlyArray<number>) => {
  const offset = byteOrderMarkLength(file)
  return scan(piecesOf(file.subarray(offset), sizes), { offset })
}

describe("any table, written as CSV and cut into any chunks", () => {
  it.effect.prop(
    "is read back unchanged",
    [anyTable, sizes],
    ([table, sizes]) =>
      Effect.gen(function* () {
        const file = fileOf(table)
        const rows = withoutLastBlanks(recordsOf(table, valueOf))
        const expected = { header: headerOf(table), rows, error: null }
        assert.deepStrictEqual<unknown>(scanCut(file, sizes), expected)
        assert.deepStrictEqual<unknown>(yield* outcomeOf(piecesOf(file, sizes)), expected)
      }),
    runs,
  )

  it.prop(
    "is read as by csv-parse",
    [anyTable, sizes],
    ([table, sizes]) => {
      const file = fileOf(table)
      const { header, rows } = scanCut(file, sizes)
      const expected: ReadonlyArray<ReadonlyArray<string | null>> = parse(Buffer.from(file), {
        bom: true,
        record_delimiter: ["\r\n", "\n", "\r"],
        skip_empty_lines: table.width > 1,
        relax_quotes: true,
        cast: (value, { quoting }) => (value === "" && !quoting ? null : value),
      })
      assert.deepStrictEqual([...(header === null ? [] : [header]), ...rows], withoutLastBlanks(expected))
    },
    runs,
  )
})

describe("any bytes", () => {
  it.prop(
    "give rows or an error, independent of chunks",
    [anyBytes, sizes],
    ([file, sizes]) => {
      const whole = scanCut(file, [])
      assert.deepStrictEqual(scanCut(file, sizes), whole)
      assert.deepStrictEqual(scanCut(file, [0]), whole)
      assert.isAtMost(whole.error?.place.byteOffset ?? 0, file.length)
    },
    runs,
  )
})
