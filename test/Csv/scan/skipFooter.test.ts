import { assert, describe, it } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { readCsv } from "../../../src/Csv/ReadCsv.ts"
import { cut, decodeRows, utf8 } from "../readingCsv.ts"

const outcomeOf = Effect.fnUntraced(function* (pieces: Iterable<Uint8Array>, skipFooter: number) {
  const csv = yield* readCsv(Stream.fromIterable(pieces, { chunkSize: 1 }), {
    maxRecordSize: ByteSize.mebibytes(1),
    onBadRow: "reject",
    csv: { skipFooter },
  })
  const batches = yield* Stream.runCollect(csv.batches)
  return {
    header: csv.header,
    rows: batches.flatMap(({ bytes }) => decodeRows(bytes)),
    rejects: batches.flatMap(({ rejects }) => rejects.length).reduce((sum, count) => sum + count, 0),
    footer: batches.flatMap(({ skipped }) => skipped.map(({ kind, line, raw }) => `${kind} ${line} ${raw}`)),
    lines: csv.summary().lines,
  }
}, Effect.scoped)

describe("skipFooter", () => {
  it.effect("skips the last lines of a file, however it is cut, and keeps their text", () =>
    Effect.gen(function* () {
      for (const end of ["\n", "\r\n", "\r"])
        for (const last of ["", end]) {
          const lines = ["a,b", "1,x", '2,"y', 'z"', "Total,2", "Source: an office, with commas"]
          const file = utf8(lines.join(end) + last)
          for (const size of [1, 2, 5, 1000]) {
            const outcome = yield* outcomeOf(cut(file, size), 2)
            assert.deepStrictEqual(outcome, {
              header: ["a", "b"],
              rows: [
                ["1", "x"],
                ["2", `y${end}z`],
              ],
              rejects: 0,
              footer: ["footer 5 Total,2", "footer 6 Source: an office, with commas"],
              lines: { total: 6, header: 1, rows: 3, rejects: 0 },
            })
          }
        }
    }),
  )

  it.effect("skips no line of a longer file but the last", () =>
    Effect.gen(function* () {
      const file = utf8(`a,b\n${"1,2\n".repeat(100_000)}end,of,file\n`)
      const outcome = yield* outcomeOf(cut(file, 10_000), 1)
      assert.deepStrictEqual([outcome.rows.length, outcome.rejects], [100_000, 0])
      assert.deepStrictEqual(outcome.footer, ["footer 100002 end,of,file"])
    }),
  )
})
