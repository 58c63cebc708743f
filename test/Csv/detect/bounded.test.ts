import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { detectDialect } from "../../../src/Csv/detect/detectDialect.ts"
import { utf8 } from "../readingCsv.ts"

const columns = (count: number): string => Array.from({ length: count }, (_, i) => `c${i}`).join(",")

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

  const size = 1024 * 1024
  const filled = (line: (index: number) => string): Uint8Array => {
    let text = ""
    for (let index = 0; text.length < size; index++) text += line(index)
    return utf8(text.slice(0, size))
  }
  const hostile: Readonly<Record<string, (index: number) => string>> = {
    "thousands of columns": () => `${columns(3000)}\n`,
    "only commas": () => ",".repeat(4096),
    "only delimiters": () => ",;\t|:",
    "only quotes": () => '"',
    "500 columns, ragged": (index) => `${columns((index * 7919) % 500)}\n`,
    "long cells": () => `${"x y".repeat(3000)},${"z".repeat(3000)}\n`,
    "all delimiters in each line": () => `a,"b";'c'\t"d" | 'e\\''\n`,
    "all delimiters in one line": () => `a,"b";'c'\t"d" | 'e\\'':`,
    "one huge record": () => "word,",
    "lines of two bytes": () => "a\n",
  }
  /** Several times what it takes, so that a slow computer passes and work that grows faster than the sample does not. */
  const maxMilliseconds = 1500

  for (const [name, line] of Object.entries(hostile))
    it.effect(`a megabyte takes little time: ${name}`, () =>
      Effect.gen(function* () {
        const sample = filled(line)
        let least = Infinity
        for (let run = 0; run < 3; run++) {
          const before = process.cpuUsage()
          yield* detectDialect(sample, { isWhole: true })
          const { system, user } = process.cpuUsage(before)
          least = Math.min(least, (user + system) / 1000)
        }
        assert.isBelow(least, maxMilliseconds)
      }),
    )
})
