import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { readCsv } from "../../../src/Csv/ReadCsv.ts"
import { standard } from "../../../src/Csv/record/Dialect.ts"
import { findWideNote } from "../../../src/Csv/scan/footer/wideNotes.ts"
import { cut, utf8 } from "../readingCsv.ts"

const table = "region,sales\nNorth,100\nSouth,200\n"
const rows = Array.from({ length: 400 }, (_, n) => `item ${n},${n},3\n`).join("")

describe("a note as wide as the table", () => {
  it("has words below numbers, or spaces after the delimiter, after the last blank line", () => {
    for (const [file, columns, lines] of [
      [`${table}\nGenerated: Monday, January 1\n`, 2, 1],
      [`${table}\r\n* provisional, subject to change\r\n4,5\r\n\r\n`, 2, 3],
      [`${rows}\nFigures are provisional, may be revised, and exclude VAT`, 3, 1],
      ["a,b\nx,y\nz,w\n\nNote: prices in EUR, without VAT\n", 2, 1],
      [`${table}\ncity,pop\nPrague,1\n`, 2, 2],
    ] as const)
      assert.strictEqual(findWideNote(utf8(file), standard, columns), lines, file.slice(-80))
  })

  it("is not a record like those above, a narrower line, or far from the end", () => {
    for (const file of [
      `${table}\nTotal,300\n`,
      `${table}\nEast,\nWest,NULL\n`,
      `${table}Generated: Monday, January 1\n`,
      `${table}\nEnd of report\n`,
      "a,b\nx, y\nz, w\n\nq, new\n",
      `${table}\nOne, two\n${"East,5\n".repeat(5)}`,
      'a,b\n1,2\n3,4\n5,"x\n\nDear, John"\n',
    ])
      assert.isNull(findWideNote(utf8(file), standard, 2), file)
  })

  it.effect("has a warning with its line, however the file is cut", () =>
    Effect.gen(function* () {
      const file = utf8(`${table}${"North,5\n".repeat(3000)}\nGenerated: Monday, January 1\n`)
      for (const size of [file.length, 7, 1000]) {
        const csv = yield* readCsv(Stream.fromIterable(cut(file, size)), {
          maxRecordSize: ByteSize.mebibytes(1),
        })
        yield* Stream.runDrain(csv.batches)
        assert.deepStrictEqual(
          csv.summary().warnings.map(({ code, line }) => ({ code, line })),
          // Words below numbers may also be the header of another table. One warning is enough.
          [{ code: "two_tables", line: 3005 }],
        )
      }
    }),
  )
})
