import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { detectDialect } from "../../../src/Csv/detect/detectDialect.ts"
import { utf8 } from "../readingCsv.ts"

describe("detection is bounded:", () => {
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
