import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readAll, utf8 } from "../Csv/readingCsv.ts"

/** More than the sample from which the format is detected. */
const rows = 60_000

/** A table with a comment after its first record, and two records that begin with `#`, of which one is the last. */
const withMarks = (delimiter: string): Uint8Array => {
  const record = (first: string, n: number): string =>
    `${[first, `name ${n}`, "some text"].join(delimiter)}\n`
  const lines = Array.from({ length: rows }, (_, n) => record(n === 50_000 ? "#N/A" : String(n), n))
  return utf8(
    ["id", "name", "note"].join(delimiter) +
      "\n" +
      lines[0] +
      "# page 1\n" +
      lines.slice(1).join("") +
      record("#REF!", rows),
  )
}

describe("a line that begins with # after the sample", () => {
  it.effect.each([",", "\t"])(
    "is a record if it is as wide as the table, although there are comments: %j",
    (delimiter) =>
      Effect.gen(function* () {
        const {
          rejects,
          rows: read,
          skipped,
        } = yield* readAll([withMarks(delimiter)], { onBadRow: "reject" })
        assert.deepStrictEqual(
          [read.length, rejects, skipped.map(({ raw }) => raw)],
          [rows + 1, [], ["# page 1"]],
        )
        assert.deepStrictEqual([read[50_000]?.[0], read.at(-1)?.[0]], ["#N/A", "#REF!"])
      }),
  )
})
