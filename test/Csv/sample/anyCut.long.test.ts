import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { anyDamage, damaged } from "../repair/anyDamage.ts"
import { natural } from "../anyTable.ts"
import { encodeText } from "../encoding/encodeText.ts"
import { cut, readAll, utf8 } from "../readingCsv.ts"

const chinese = (length: number, seed: number): string =>
  Array.from({ length }, (_, n) => String.fromCharCode(0x4e01 + ((n * 37 + seed * 11) % 250))).join("")

const utf32 = (text: string): Uint8Array =>
  Uint8Array.from(
    Array.from(text, (letter) => letter.codePointAt(0)!).flatMap((code) => [
      code & 0xff,
      (code >> 8) & 0xff,
      code >> 16,
      0,
    ]),
  )

const common = "東京大中山水火木金土人口天地文字"

/** The text in an encoding that has fewer Chinese characters. */
const eastAsian = (encoding: Encoding) => (text: string) =>
  encodeText(
    Array.from(text, (letter) =>
      letter < "\x80" ? letter : common[letter.charCodeAt(0) % common.length]!,
    ).join(""),
    encoding,
  )

const encodings = {
  "utf-8": utf8,
  "utf-16le": (text: string) => encodeText(text, "utf-16le"),
  "utf-16be": (text: string) => encodeText(text, "utf-16be"),
  "utf-32": utf32,
  "windows-1252": (text: string) =>
    Uint8Array.from(Array.from(text, (letter) => letter.charCodeAt(0) & 0xff)),
  "euc-jp": eastAsian("euc-jp"),
  shift_jis: eastAsian("shift_jis"),
  "iso-2022-jp": eastAsian("iso-2022-jp"),
  "euc-kr": eastAsian("euc-kr"),
  gb18030: eastAsian("gb18030"),
  big5: eastAsian("big5"),
} as const

const beginnings = [
  "id,name,remark\n",
  "id;name;remark\n",
  '{"a": {"b": 1, "c": "',
  "[id]\n",
  "<id>,<name>,<remark>\n",
  "<p>\n<a>",
  "\n\n# comment\nid\tname\tremark\n",
  "",
]

const endings = [
  "",
  '"}}',
  '"}},5\n1,2\n',
  "\nTotal,3\n# end\n",
  "\n* provisional, subject to change, 2024\n",
  "\n,,\nSource: the office,,\n",
  "Source: the office\n\nEnd of report",
  "\ncity,pop\nBrno,3\n\nx,y,z,w\n1,2,3,4\n5,6,7,8\n9,8,7,6",
  '4,"open\n5,x,y\n',
]

/** Files whose kind, encoding or format shows at different distances from the beginning. */
const anyFile = Arbitrary.map(
  Arbitrary.all({
    beginning: Arbitrary.schema(Schema.Literals(beginnings)),
    encoding: Arbitrary.schema(
      Schema.Literals([
        "utf-8",
        "utf-16le",
        "utf-16be",
        "utf-32",
        "windows-1252",
        "euc-jp",
        "shift_jis",
        "iso-2022-jp",
        "euc-kr",
        "gb18030",
        "big5",
      ]),
    ),
    asciiRows: Arbitrary.schema(Schema.Literals([0, 3, 50, 2000])),
    rows: Arbitrary.schema(Schema.Literals([0, 3, 40])),
    width: Arbitrary.schema(Schema.Literals([1, 30, 900])),
    comments: Arbitrary.schema(Schema.Literals(["", "# 1,2,3\n", "#x\n\n# a comment, of two cells\n"])),
    ending: Arbitrary.schema(Schema.Literals(endings)),
    damage: Arbitrary.schema(Schema.NullOr(Schema.Literals([0, 1100]))),
    how: anyDamage,
    seed: natural,
  }),
  ({ asciiRows, beginning, comments, damage, encoding, ending, how, rows, seed, width }) => {
    const ascii = Array.from({ length: asciiRows }, (_, n) => `${n},name ${(n * seed) % 97},"some, text"\n`)
    const others = Array.from(
      { length: rows },
      (_, n) => `${n},${chinese(width, n)},é${chinese(3, seed % 999)}\n`,
    )
    const text = beginning + ascii.join("") + comments + others.join("") + ending
    const bytes = encodings[encoding](text)
    return damage === null ? bytes : damaged(bytes, how, Math.min(damage, bytes.length))
  },
)

const size = Arbitrary.schema(Schema.Literals([2, 3, 7, 1000, 1024, 1025, 1460, 4096, 65_535, 65_536]))

describe("a file", () => {
  it.effect.prop(
    "has the same outcome however it is cut",
    [anyFile, size, Arbitrary.schema(Schema.Literals([1, 1460, 65_536]))],
    ([file, size, other]) =>
      Effect.gen(function* () {
        const whole = yield* readAll([file], { onBadRow: "reject" })
        for (const pieces of [cut(file, size), cut(file, other)])
          assert.deepStrictEqual(yield* readAll(pieces, { onBadRow: "reject" }), whole)
        const strict = yield* readAll([file], {})
        assert.deepStrictEqual(yield* readAll(cut(file, size), {}), strict)
      }),
    { arbitrary: { runs: 100 }, timeout: 300_000 },
  )
})
