import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { anyCsvFormat, fileOfTable, writable } from "../anyCsvFormat.ts"
import { anyTable, headerOf, natural, recordsOf, valueOf } from "../anyTable.ts"
import { encodeText } from "../encoding/encodeText.ts"
import { cut, readAll } from "../readingCsv.ts"
import { anyDamage, damaged } from "../repair/anyDamage.ts"

const oneOf = <const A extends ReadonlyArray<string | number | boolean>>(values: A) =>
  Arbitrary.schema(Schema.Literals(values))

const linesAbove = ["", "Report of sales\n", "# made by hand\n\n", "Title\n \t\nSource: office, 2024\n"]
const linesBelow = [
  "",
  "\n\n",
  "\nTotal,3\n# end\n",
  "Source: the office\nEnd of report",
  "\x1a",
  "#1,2,3\n\n9",
]
const options = {
  onBadRow: oneOf(["reject", "pad"]),
  comment: oneOf(["#", "none", "detected"]),
  skipLines: oneOf([-1, 0, 2]),
}

/** A file in any dialect and encoding, with lines above and below its table. */
const anyFile = Arbitrary.map(
  Arbitrary.all({
    table: anyTable,
    format: anyCsvFormat,
    above: oneOf(linesAbove),
    below: oneOf(linesBelow),
    ...options,
  }),
  ({ above, below, comment, format, onBadRow, skipLines, table }) => {
    const { encoding } = format
    const texts = { header: headerOf(table), rows: recordsOf(table, valueOf) }
    const parts = [
      encodeText(above, encoding),
      fileOfTable(writable(texts, format), { ...format, hasByteOrderMark: false }),
      encodeText(below, encoding),
    ]
    const csv = {
      encoding,
      ...(comment === "detected" ? {} : { comment: comment === "none" ? null : comment }),
      ...(skipLines < 0 ? {} : { skipLines }),
    }
    const file: Uint8Array = Uint8Array.from(Buffer.concat(parts))
    return { file, onBadRow, csv }
  },
)

const splice = Arbitrary.all({ from: natural, length: oneOf([1, 10, 100]), to: natural })

/** Inserts a copy of a piece of the file somewhere else. */
const spliced = (file: Uint8Array, { from, length, to }: { from: number; length: number; to: number }) => {
  const at = to % (file.length + 1)
  const start = from % (file.length + 1)
  const parts = [file.subarray(0, at), file.subarray(start, start + length), file.subarray(at)]
  return Uint8Array.from(Buffer.concat(parts))
}

type AnyFile = typeof anyFile extends Arbitrary.Arbitrary<infer A> ? A : never

/** The physical lines of a text in UTF-8. */
const linesOf = (file: Uint8Array): ReadonlyArray<string> =>
  new TextDecoder().decode(file).split(/\r\n|\r|\n/)

/**
 * Reads a file in several cuts. `readAll` checks that the lines of all kinds add up to those of the file, and that records
 * and skipped lines follow each other in the file's order; this also holds for the places of rejects.
 */
const checkEveryLine = Effect.fnUntraced(function* (
  { csv, file, onBadRow }: AnyFile,
  sizes: ReadonlyArray<number>,
) {
  const whole = yield* readAll([file], { csv, onBadRow })
  for (const size of sizes)
    assert.deepStrictEqual(yield* readAll(cut(file, size), { csv, onBadRow }), whole, `pieces of ${size}`)
  if (whole.error !== null) return
  const skipped = new Set(whole.skipped.map(({ line }) => line))
  for (const { line } of whole.rejects) assert.isFalse(skipped.has(line), `line ${line} is in two places`)
  for (const [n, { byteOffset, line, record }] of whole.rejects.slice(1).entries()) {
    const last = whole.rejects[n]!
    assert.isAbove(
      byteOffset,
      last.byteOffset,
      `the place of record ${last.record} is after that of ${record}`,
    )
    assert.isAtLeast(line, last.line)
  }
  if ((csv.encoding satisfies Encoding) !== "utf-8" || file.some((byte) => byte === 0 || byte > 0x7e)) return
  const lines = linesOf(file)
  for (const { line, raw } of whole.skipped) assert.strictEqual(raw, lines[line - 1])
})

/** A change is judged by the same files each time; to look for more, change the seed. */
const runs = { arbitrary: { runs: 10_000, size: 25, seed: 1 }, timeout: 900_000 }
const sizes = Arbitrary.all([oneOf([1, 2, 3]), oneOf([7, 64, 1000, 65_536])])

describe("every line of a file is the header's, a row's, a reject's or skipped, however the file is cut", () => {
  it.effect.prop("of any file", [anyFile, sizes], ([any, cuts]) => checkEveryLine(any, cuts), runs)

  it.effect.prop(
    "of any damaged file",
    [anyFile, anyDamage, Arbitrary.array(splice, { maxLength: 2 }), sizes],
    ([any, damage, splices, cuts]) =>
      checkEveryLine(
        { ...any, file: damaged(splices.reduce<Uint8Array>(spliced, any.file), damage, 0) },
        cuts,
      ),
    runs,
  )
})
