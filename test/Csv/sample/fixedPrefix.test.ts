import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { encodeText } from "../encoding/encodeText.ts"
import { cut, readAll, utf8 } from "../readingCsv.ts"

const chinese = (length: number, seed: number): string =>
  Array.from({ length }, (_, n) => String.fromCharCode(0x4e00 + ((n * 37 + seed * 11) % 250))).join("")

/** A header in ASCII, then prose in which one character of several hundred is a delimiter. */
const prose = `identifier,name,description\n${Array.from({ length: 40 }, (_, n) => `${chinese(1, n)},${chinese(40, n)},${chinese(400, n)}\n`).join("")}`

const lostByte = (file: Uint8Array, at: number): Uint8Array =>
  Uint8Array.from([...file.subarray(0, at), ...file.subarray(at + 1)])

const files: ReadonlyArray<readonly [string, Uint8Array, string | null]> = [
  ["Chinese prose in UTF-16LE", encodeText(prose, "utf-16le"), null],
  ["Chinese prose in UTF-16BE", encodeText(prose, "utf-16be"), null],
  ["UTF-16BE that loses a byte", lostByte(encodeText(prose, "utf-16be"), 1500), "nul_byte"],
  ["JSON that ends after kilobytes", utf8(`{"a": "${"x, ".repeat(2000)}"}\n`), "not_csv"],
  ["a cell of JSON that ends after kilobytes", utf8(`{"a": "${"x; ".repeat(2000)}"},5\n{"a": 1},6\n`), null],
  ["a web page after kilobytes of blanks", utf8(`${" \n".repeat(3000)}<!doctype html>\n`), "not_csv"],
]

describe("the kind of a file", () => {
  it.effect.each(files)("does not depend on its pieces: %s", ([, file, code]) =>
    Effect.gen(function* () {
      const whole = yield* readAll([file], { onBadRow: "reject" })
      assert.strictEqual(whole.error?.code ?? null, code)
      for (const size of [1, 700, 1024, 1025, 4096, 20_000]) {
        assert.deepStrictEqual(yield* readAll(cut(file, size), { onBadRow: "reject" }), whole, `by ${size}`)
        const uneven = [file.subarray(0, size), file.subarray(size)]
        assert.deepStrictEqual(yield* readAll(uneven, { onBadRow: "reject" }), whole, `at ${size}`)
      }
    }),
  )
})
