import { assert, describe, it } from "@effect/vitest"
import { atOnce } from "../../../src/Bytes/Steps.ts"
import { guessEncoding } from "../../../src/Csv/encoding/guess/guessEncoding.ts"
import { Utf8Reader } from "../../../src/Csv/encoding/Utf8Reader.ts"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { bytes } from "../readingCsv.ts"
import { encodeText } from "./encodeText.ts"

const czech = "id,město\n1,Žďár nad Sázavou\n2,Plzeň\n3,Šumperk\n4,Třebíč\n5,Kroměříž\n"
const polish = "id,miasto\n1,Świdnica\n2,Łódź\n3,Śrem\n4,Żory\n5,Gdańsk\n"
const evenly = (text: string): string => (text.length % 2 === 0 ? text : `${text}\n`)

describe("a declared encoding", () => {
  it.each(["iso-8859-2", "windows-1251", "ibm852", "utf-16le", "utf-16be"] as const)(
    "is outvoted if its text is garbled: %s for windows-1250",
    (declared) => {
      for (const text of [czech, polish])
        assert.strictEqual(
          atOnce(guessEncoding(encodeText(evenly(text), "windows-1250"), declared)).encoding,
          "windows-1250",
        )
    },
  )

  it.each([
    ["iso-8859-2", czech],
    ["windows-1250", polish],
    ["ibm852", czech],
    ["windows-1251", "id,город\n1,Москва\n2,Cамара\n3,модель XЛ\n"],
    ["windows-1253", "id,πόλη\n1,Αθήνα\n2,10 kΩ\n"],
    ["gbk", "id,城市\n1,北京T恤\n2,上海\n"],
    ["shift_jis", "no,ｼﾒｲ\n1,ﾀﾅｶ\n"],
  ] as const)("is used for its own text: %s", (declared, text) => {
    const { encoding, runnerUp } = atOnce(guessEncoding(encodeText(text, declared), declared))
    assert.deepStrictEqual([encoding, runnerUp], [declared, null])
  })

  it("is used with a warning if its text is garbled in every encoding", () => {
    const noise = Array.from({ length: 200 }, (_, n) =>
      bytes(`${n},`, 0x80 + ((n * 37) % 128), 0x80 + ((n * 91) % 128), "\n"),
    )
    const declared: Encoding = "iso-8859-2"
    const file = Buffer.concat(noise)
    const reader = Utf8Reader.open(file, { declared })
    atOnce(reader.push(file))
    atOnce(reader.finish())
    assert.strictEqual(reader.encoding, declared)
    assert.match(reader.warnings[0]?.message ?? "", /declares the encoding iso-8859-2/)
  })
})
