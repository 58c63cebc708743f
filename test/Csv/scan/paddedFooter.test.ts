import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { ReadCsvOptions } from "../../../src/Csv/ReadCsv.ts"
import { cut, readAll, utf8 } from "../readingCsv.ts"

const rowsOf = (count: number, cells = ",5") =>
  Array.from({ length: count }, (_, n) => `item ${n},${n}${cells}\n`).join("")

/** Number of rows, and the text of the footer, for several cuts. */
const read = Effect.fnUntraced(function* (file: string, options: Partial<ReadCsvOptions> = {}) {
  const bytes = utf8(file)
  const results = yield* Effect.forEach(
    [bytes.length, 1, 7, 1000].map((size) => (bytes.length > 5000 ? Math.max(size, 997) : size)),
    (size) => readAll(cut(bytes, size), { onBadRow: "reject", ...options }),
  )
  for (const result of results) assert.deepStrictEqual(result, results[0])
  const { error, rejects, rows, skipped } = results[0]!
  assert.deepStrictEqual([error, rejects], [null, []])
  return { rows: rows.length, footer: skipped.map(({ kind, line, raw }) => `${kind}:${line}:${raw}`) }
})

describe("a footer that is padded to the table's width", () => {
  const table = `name,n,total\n${rowsOf(50)}`

  it.effect("is an empty record and the notes after it", () =>
    Effect.gen(function* () {
      for (const end of ["", "\n", "\r\n"])
        assert.deepStrictEqual(yield* read(`${table},,\nSource: ACME,,${end}`), {
          rows: 50,
          footer: ["footer:52:,,", "footer:53:Source: ACME,,"],
        })
      assert.deepStrictEqual(
        yield* read(`${table}Total,,3825\r\n,,\r\n* provisional,,\r\n\r\n,,\r\n"Source: ACME, 2024",,\r\n`),
        {
          rows: 51,
          footer: [
            "footer:53:,,",
            "footer:54:* provisional,,",
            "footer:56:,,",
            'footer:57:"Source: ACME, 2024",,',
          ],
        },
      )
    }),
  )

  it.effect("is found at the end of a large file, of any dialect, and below a padded title", () =>
    Effect.gen(function* () {
      const file = `Report of items;;\n;;\n${table.replaceAll(",", ";")}${rowsOf(20_000).replaceAll(",", ";")};;\nAs of today, rounded;;\n`
      assert.deepStrictEqual((yield* read(file)).rows, 20_050)
    }),
  )

  it.effect("does not fail the load", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* read(`${table},,\nSource: ACME,,\n`, { onBadRow: "fail" })).rows, 50)
    }),
  )

  it.effect("is rows with onBadRow=pad, and with skipFooter=0", () =>
    Effect.gen(function* () {
      const file = `${table},,\nSource: ACME,,\n`
      assert.strictEqual((yield* read(file, { onBadRow: "pad" })).rows, 52)
      assert.strictEqual((yield* read(file, { csv: { skipFooter: 0 } })).rows, 52)
    }),
  )

  it.effect("is not in a table whose records have only the first cell", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* read(`question,answer\nWhere do you live?,here\nHow old are you?,\n,\nWho are you really?,\n`),
        { rows: 4, footer: [] },
      )
      assert.strictEqual((yield* read(`${rowsOf(50).replaceAll(/,\d+,5/g, ",,")},,\na b c,,\n`)).rows, 51)
    }),
  )

  it.effect("is not an empty record in the middle, a record, or names without a note", () =>
    Effect.gen(function* () {
      for (const [text, rows] of [
        [",,\nThe last one,7,\n", 52],
        [",,\nA note on it,,\nitem,1,2\n", 53],
        [",,\nBob,,\n", 52],
        [",,\n4711,,\n", 52],
        [",,\n,,\n", 52],
        ["Source: ACME inc,,\n", 51],
        [",,\nSource: ACME inc,,5\n", 52],
        [",,\n,,Source: ACME inc\n", 52],
        [`,,\n${"Some more names,,\n".repeat(20)}`, 71],
        [`a,"b\n,,\nSource: ACME inc,,\n",5\n`, 51],
      ] as const)
        assert.deepStrictEqual(yield* read(table + text), { rows, footer: [] }, text)
    }),
  )
})
