import { assert, describe, it } from "@effect/vitest"
import { atOnce } from "../../../src/Bytes/Steps.ts"
import { guessEncoding } from "../../../src/Csv/encoding/guess/guessEncoding.ts"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { encodeText } from "./encodeText.ts"

const names = ["ｶ)ﾔﾏﾀﾞ ｼｮｳﾃﾝ", "ﾀﾅｶ ﾀﾛｳ", "ｽｽﾞｷ ﾊﾅｺ", "ﾐﾂﾋﾞｼ ﾕｰｴﾌｼﾞｪｲ", "ﾕ)ﾌｼﾞｻﾜ", "ｻﾄｳ ｹﾝｼﾞ"]

const found = (text: string, encoding: Encoding) => atOnce(guessEncoding(encodeText(text, encoding), null))

describe("half-width kana, as in files of Japanese banks,", () => {
  for (const encoding of ["shift_jis", "euc-jp"] as const)
    it.each(["no,name,amount", "ﾊﾞﾝｺﾞｳ,ｼﾒｲ,ｷﾝｶﾞｸ", "番号,氏名,金額"])(
      `are read in ${encoding} after the header %s`,
      (header) => {
        for (let rows = 1; rows <= names.length; rows++) {
          const lines = names.slice(0, rows).map((name, n) => `${n},${name},${n}00`)
          assert.strictEqual(found([header, ...lines, ""].join("\n"), encoding).encoding, encoding)
        }
      },
    )

  it.each([
    ["windows-1251", "МОСКВА"],
    ["windows-1251", "САНКТ-ПЕТЕРБУРГ"],
    ["windows-1253", "ΘΕΣΣΑΛΟΝΙΚΗ"],
    ["windows-874", "กรุงเทพมหานคร"],
    ["windows-1256", "القاهرة"],
  ] as const)("are not the capitals of %s: %s", (encoding, word) => {
    for (const text of [`id,city\n1,${word}\n`, `${word},${word}\n1,2\n`])
      assert.strictEqual(found(text, encoding).encoding, encoding)
  })
})
