import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { cut } from "../Csv/readingCsv.ts"
import { differences, readAsLoad } from "./differences.ts"
import { knownFailures } from "./knownFailures.ts"
import { fileOf, kinds } from "./ReadingCase.ts"

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
    }),
  )
})
