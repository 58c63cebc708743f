import { assert, describe, it } from "@effect/vitest"
import { atOnce } from "../../../src/Bytes/Steps.ts"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Utf8Reader } from "../../../src/Csv/encoding/Utf8Reader.ts"
import { cut, foundOut } from "../readingCsv.ts"
import { encodeText } from "./encodeText.ts"

const eastAsian = ["gbk", "gb18030", "big5", "euc-jp", "shift_jis", "euc-kr", "iso-2022-jp"] as const

/** Bytes among which separators, line ends and escape sequences of ISO-2022-JP are frequent. */
const anyByte = Arbitrary.schema(
  Schema.Union([
    Schema.Literals([0x2c, 0x0a, 0x0d, 0x1b, 0x24, 0x28, 0x42, 0x4a]),
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })),
  ]),
)

/** The text, the first bad byte, and the place in the file of every byte of the text. */
const decoded = (file: Uint8Array, size: number, encoding: (typeof eastAsian)[number], marksBad: boolean) => {
  const reader = Utf8Reader.open(file, { encoding, marksBad })
  const text = Buffer.concat([
    ...cut(file, size).map((chunk) => (reader.badAt === null ? atOnce(reader.push(chunk)) : Buffer.alloc(0))),
    reader.badAt === null ? atOnce(reader.finish()) : Buffer.alloc(0),
  ])
  const places = Array.from(text, (_, offset) => reader.originalOffset(offset))
  return { text: text.toString("hex"), places, badAt: reader.badAt }
}

describe("East Asian text", () => {
  it.prop(
    "has the same characters and offsets however it is cut, also if it is damaged",
    [
      Arbitrary.array(anyByte, { maxLength: 40 }),
      Arbitrary.schema(Schema.Literals(eastAsian)),
      Arbitrary.schema(Schema.Boolean),
      Arbitrary.schema(Schema.Literals([1, 2, 3, 7])),
    ],
    ([bytes, encoding, marksBad, size]) => {
      const file = Uint8Array.from(bytes)
      assert.deepStrictEqual(decoded(file, size, encoding, marksBad), decoded(file, 100, encoding, marksBad))
    },
    { arbitrary: { runs: 1000 } },
  )

  it("has an exact offset for every character", () => {
    for (const encoding of eastAsian) {
      const lines = ["東,中大\n", "人口,a\n", "水火,天地x中\n"]
      const file = encodeText(lines.join(""), encoding)
      const { places } = decoded(file, 5, encoding, false)
      let text = 0
      let at = 0
      for (const line of lines) {
        assert.strictEqual(places[text], at, encoding)
        text += Buffer.byteLength(line)
        at += encodeText(line, encoding).length
      }
    }
  })

  it.effect("in Shift_JIS keeps control characters, and may end with Ctrl-Z", () =>
    Effect.gen(function* () {
      const found = yield* foundOut([
        encodeText("id,name\n1,東京\x7f\x1c\n2,これはテストです\n\x1a", "utf-8"),
      ])
      const shiftJis = [
        Buffer.concat([
          encodeText("id,name\n1,東京", "shift_jis"),
          Buffer.from([0x7f, 0x1c, 0x0a]),
          encodeText("2,これはテストです\n", "shift_jis"),
          Buffer.from([0x1a]),
        ]),
      ]
      const other = yield* foundOut(shiftJis, { encoding: "shift_jis" })
      assert.deepStrictEqual(other.rows, found.rows)
      assert.deepStrictEqual([other.error, found.error], [null, null])
    }),
  )
})
