import { assert, describe, it } from "@effect/vitest"
import { encodeBigint } from "../../../src/Csv/types/encode/encodeInteger.ts"
import { encodeNumeric } from "../../../src/Csv/types/encode/encodeNumeric.ts"
import { encodePlainDecimal, encodePlainInteger } from "../../../src/Csv/types/encode/encodePlain.ts"
import type { Encoder } from "../../../src/Csv/types/encode/Encoder.ts"
import { utf8 } from "../readingCsv.ts"
import { anyTextOf, seeded } from "./anyText.ts"
import { typeOf } from "./inferring.ts"

const random = seeded(3)
const { below, pick } = random

const short = (): string => {
  const whole = pick("0", "00", "", String(below(10 ** pick(1, 2, 4, 8, 9))))
  return (
    pick("", "", "-") +
    whole +
    pick("", ".", `.${String(below(10 ** pick(1, 2, 3, 4, 5))).padStart(pick(1, 3), "0")}`)
  )
}
const edges = [
  "0",
  "-0",
  "0.0",
  "-0.00",
  "10000",
  "10000.5",
  "100000000",
  "99999999.9999",
  "0.0001",
  "1e5",
  "",
  "-",
  ".",
  "-.5",
]
const texts = [
  ...edges,
  ...Array.from({ length: 20_000 }, () => pick(short(), short(), anyTextOf.numeric(random))),
]

/** The encoded value in hexadecimal; `null` if it is none. */
const encoded = (encode: Encoder, text: string): string | null => {
  const bytes = utf8(`<${text}>`)
  const out = new Uint8Array(bytes.length + 16)
  const end = encode(bytes, 1, bytes.length - 1, new DataView(out.buffer), 0)
  return end === -1 ? null : Buffer.from(out.subarray(0, end)).toString("hex")
}

const decimal =
  (isScaled: boolean): Encoder =>
  (bytes, from, to, out, at) =>
    encodePlainDecimal(bytes, from, to, isScaled, out, at)

const isPlain = (encode: Encoder) => (text: string) => encoded(encode, text) !== null

const double = (text: string) => typeOf(text, "1e-07") === "double precision"

describe("a plain number", () => {
  it("has the binary form of any other, and occurs", () => {
    for (const [plain, any] of [
      [encodePlainInteger, encodeBigint],
      [decimal(true), encodeNumeric],
      [decimal(false), encodeNumeric],
    ] as const) {
      const found = texts.filter((text) => {
        const value = encoded(plain, text)
        if (value !== null) assert.strictEqual(value, encoded(any, text), text)
        return value !== null
      })
      assert.isAbove(found.length, texts.length / 20)
    }
  })

  it("says nothing new about a column of numbers", () => {
    const integers = texts.filter(isPlain(encodePlainInteger))
    assert.isEmpty(integers.filter((text) => typeOf(text) !== "bigint" || !double(text)))
    assert.isEmpty(texts.filter(isPlain(decimal(false))).filter((text) => !double(text)))
    const scaled = texts.filter(isPlain(decimal(true)))
    assert.isEmpty(scaled.filter((text) => typeOf(text, "1.50") !== "numeric"))
  })
})
