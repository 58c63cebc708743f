import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as ByteSize from "effect/ByteSize"
import * as Schema from "effect/Schema"
import { standard } from "../../../src/Csv/record/Dialect.ts"
import { longestRaw } from "../../../src/Domain/load/Reject.ts"
import { anyDamage, damaged } from "./anyDamage.ts"
import { anyTable, fileOf, natural } from "../anyTable.ts"
import { piecesOf, scanAll, utf8 } from "../readingCsv.ts"

/** The bytes of any table, damaged after its header. */
const damagedFile = Arbitrary.map(
  Arbitrary.all({ table: anyTable, damage: anyDamage }),
  ({ damage, table }) => {
    const file = fileOf({ ...table, hasByteOrderMark: false })
    return damaged(file, damage, file.findIndex((byte) => byte === 0x0a || byte === 0x0d) + 1)
  },
)

const sizes = Arbitrary.array(natural, { maxLength: 4 })
const settings = Arbitrary.schema(
  Schema.Struct({
    onBadRow: Schema.Literals(["reject", "pad"]),
    maxRecordSize: Schema.Literals([20, 60, 1 << 24]),
    recordEnd: Schema.Literals(["any", "any", "lf"]),
    escape: Schema.Literals(['"', '"', "\\"]),
    skipInitialSpace: Schema.Literals([false, false, true]),
  }),
)

describe("any damaged table", () => {
  it.prop(
    "becomes rows of the table's width and rejects, independent of chunks, with every record counted",
    [damagedFile, settings, sizes],
    ([file, { escape, maxRecordSize, onBadRow, recordEnd, skipInitialSpace }, sizes]) => {
      const options = {
        onBadRow,
        maxRecordSize: ByteSize.bytes(maxRecordSize),
        dialect: { ...standard, recordEnd, escape, skipInitialSpace },
      }
      const whole = scanAll([file], { ...options, vectorFrom: 0 })
      for (const vectorFrom of [0, Infinity])
        for (const pieces of [piecesOf(file, sizes), piecesOf(file, [0]), [file]])
          assert.deepStrictEqual(scanAll(pieces, { ...options, vectorFrom }), whole)
      // Only the first record can fail the load, because it determines the columns.
      if (whole.header === null) return assert.isNotNull(whole.error)
      assert.isNull(whole.error)
      for (const row of whole.rows) assert.strictEqual(row.length, whole.header.length)
      for (const { byteOffset, line, raw, rawBytes } of whole.rejects) {
        assert.isAtMost(byteOffset, file.length)
        assert.isAtLeast(line, 2)
        assert.isAtMost(utf8(raw).length, longestRaw)
        assert.isAtMost(rawBytes, file.length)
      }
    },
    { arbitrary: { runs: 1500, size: 40 } },
  )
})

const numbered = (n: number): string => `${n},"text ${n}, and\nmore",${n % 3},"",end ${n}`

describe("a damaged record in a valid file", () => {
  const position = Arbitrary.schema(Schema.Literals(Array.from({ length: 30 }, (_, n) => n)))
  const records = 40
  const lines = Array.from({ length: records }, (_, n) => numbered(n))

  it.prop(
    "affects no other record if no quote is removed or added",
    [
      position,
      natural,
      Arbitrary.schema(Schema.Literals(["\0", "\xff", "\xc3", ",", ",,", "\n", "x", " "])),
      Arbitrary.schema(Schema.Literals(["reject", "pad"])),
    ],
    ([n, at, text, onBadRow]) => {
      const line = lines[n]!
      const place = at % line.length
      const damaged = `${line.slice(0, place)}${text}${line.slice(place)}`
      const file = Buffer.from(["a,b,c,d,e", ...lines.with(n, damaged)].join("\n"), "latin1")
      const { error, rows } = scanAll([file], { onBadRow })
      assert.isNull(error)
      const numbers = new Set(rows.map((row) => row[0]))
      for (let other = 0; other < records; other++)
        if (other !== n) assert.isTrue(numbers.has(`${other}`), `${other} for damage in ${n}: ${damaged}`)
    },
    { arbitrary: { runs: 500 } },
  )

  it.prop(
    "affects at most its two neighbours if a quote is removed or added",
    [
      position,
      natural,
      Arbitrary.schema(Schema.Boolean),
      Arbitrary.schema(Schema.Literals(["reject", "pad"])),
    ],
    ([n, at, isRemoval, onBadRow]) => {
      const line = lines[n]!
      const quotes = [...line.matchAll(/"/g)].map(({ index }) => index)
      const place = isRemoval ? quotes[at % quotes.length]! : at % line.length
      const damaged = `${line.slice(0, place)}${isRemoval ? "" : '"'}${line.slice(place + (isRemoval ? 1 : 0))}`
      const file = utf8(["a,b,c,d,e", ...lines.with(n, damaged)].join("\n"))
      const { error, rows } = scanAll([file], { onBadRow })
      assert.isNull(error)
      const numbers = new Set(rows.map((row) => row[0]))
      const lost = [...lines.keys()].filter((other) => !numbers.has(`${other}`))
      assert.isTrue(
        lost.every((other) => Math.abs(other - n) <= 1),
        `${lost.join()} lost by ${damaged}`,
      )
    },
    { arbitrary: { runs: 500 } },
  )
})
