import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CellKind } from "../../../src/Csv/detect/cell/CellKind.ts"
import { detectDialect } from "../../../src/Csv/detect/detectDialect.ts"
import { isHeader } from "../../../src/Csv/detect/isHeader.ts"
import type { SampleRecord, SampleTable } from "../../../src/Csv/detect/SampleTable.ts"
import { utf8 } from "../readingCsv.ts"

const record = (line: number, firstCell: number, width: number): SampleRecord => ({
  start: 0,
  line,
  firstCell,
  width,
  isMalformed: line > 0,
  spaced: 0,
})

/** A header of this many names, and this many records of two cells. */
const wideHeader = (size: number): SampleTable => {
  return {
    bytes: new Uint8Array(0),
    candidate: { delimiter: 0x2c, quote: 0x22, escape: 0x22, skipInitialSpace: false, recordEnd: "any" },
    records: Array.from({ length: size + 1 }, (_, index) =>
      index === 0 ? record(0, 0, size) : record(index, size + 2 * (index - 1), 2),
    ),
    kinds: new Uint8Array(3 * size).fill(CellKind.word),
    quoted: 0,
    undoubled: 0,
    malformed: size,
    enclosed: 0,
    halfEnclosed: 0,
    lineFeeds: size,
    carriageReturns: 0,
    pairs: 0,
  }
}

describe("detection is bounded:", () => {
  it("the header rule takes twice the steps for twice the records and columns", () => {
    const steps = [200, 400].map((size) => {
      let reads = 0
      const table = wideHeader(size)
      const records = new Proxy(table.records, {
        get: (target, key) => {
          reads++
          return Reflect.get(target, key)
        },
      })
      const shape = {
        width: size,
        header: 0,
        regular: 1,
        short: 0,
        records: size,
        isHeaderUneven: false,
        isLastEmpty: false,
        preamble: 0,
        comments: 0,
      }
      assert.isTrue(isHeader({ ...table, records }, shape))
      return reads
    })
    assert.isAtMost(steps[1]!, 2.1 * steps[0]!)
  })

  it.effect("lines after the first 65,536 are ignored", () =>
    Effect.gen(function* () {
      const sample = utf8("a,b\n".repeat(65_536) + "c;d\r".repeat(100_000))
      const detected = yield* detectDialect(sample, { isWhole: true })
      assert.deepStrictEqual([detected.delimiter, detected.lineEnding], [",", "lf"])
    }),
  )

  it.live("other fibers run between the candidates of a large sample", () =>
    Effect.gen(function* () {
      let turns = 0
      let isDone = false
      const turn = () => {
        turns++
        if (!isDone) setImmediate(turn)
      }
      setImmediate(turn)
      yield* detectDialect(utf8(`a,"b";'c'\t"d" | 'e\\''\n`.repeat(8000)), { isWhole: true })
      isDone = true
      assert.isAbove(turns, 20)
    }),
  )
})
