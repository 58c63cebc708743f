import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { cut, utf8 } from "../Csv/readingCsv.ts"
import { differences, type Load, readAsLoad } from "./differences.ts"
import { knownFailures } from "./knownFailures.ts"
import { fileOf, kinds } from "./ReadingCase.ts"

/** The text of a file in UTF-8 that has neither a byte order mark nor CR; `null` for any other. */
const plainText = (file: Uint8Array): string | null => {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(file)
  return /[\ufeff\ufffd\r]/.test(text) ? null : text
}

const withoutCr = ({ rows, ...load }: Load): Load => ({
  ...load,
  rows: rows.map((row) => row.map((cell) => cell?.replaceAll("\r\n", "\n") ?? null)),
})

describe.each(kinds)("files with %s", (kind, cases) => {
  it.effect.each(cases.map((one) => [one.name, one] as const))("%s", ([name, one]) =>
    Effect.gen(function* () {
      const file = fileOf(kind, one)
      const load = yield* readAsLoad([file], one.options ?? {})
      const wrong = differences(load, one.expect)
      const isRight = wrong.length === 0 || (one.or !== undefined && differences(load, one.or).length === 0)
      if (knownFailures[kind]?.includes(name))
        return assert.isFalse(isRight, "right now: remove it from knownFailures")
      assert.deepStrictEqual(isRight ? [] : wrong, [])
      assert.deepStrictEqual(yield* readAsLoad(cut(file, 7), one.options ?? {}), load, "in pieces of 7 bytes")
      const same = Effect.fnUntraced(function* (pieces: ReadonlyArray<Uint8Array>, how: string) {
        assert.deepStrictEqual(withoutCr(yield* readAsLoad(pieces, one.options ?? {})), load, how)
      })
      const text = plainText(file)
      if (text === null || load.error !== null) return
      yield* same([utf8(`\ufeff${text}`)], "with a byte order mark")
      yield* same([utf8(text.replaceAll("\n", "\r\n"))], "with CRLF")
    }),
  )
})
