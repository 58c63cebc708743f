import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { encodingOf } from "../../../src/Domain/load/Encoding.ts"
import { bytes, cut, foundOut, utf8 } from "../readingCsv.ts"
import { encodeText } from "./encodeText.ts"

describe("escape sequences of ISO 2022", () => {
  const text = `id,name\n1,東京都\n2,${"plain ".repeat(20)}\n3,これはテストです\n`

  it.effect("are ISO-2022-JP, however the file is cut", () =>
    Effect.gen(function* () {
      for (const size of [1, 2, 3, 5, 7, 1000]) {
        const found = yield* foundOut(cut(encodeText(text, "iso-2022-jp"), size))
        assert.deepStrictEqual([found.error, found.encoding], [null, "iso-2022-jp"])
        assert.deepStrictEqual(
          found.rows.map((row) => row[1]),
          ["東京都", "plain ".repeat(20), "これはテストです"],
        )
      }
    }),
  )

  it.effect("of Korean and Chinese are refused by name", () =>
    Effect.gen(function* () {
      for (const [sequence, name] of [
        ["\x1b$)C", "ISO-2022-KR"],
        ["\x1b$)A", "ISO-2022-CN"],
      ] as const) {
        const file = Buffer.concat([utf8("id,name\n1,"), utf8(sequence), bytes(0x0e, "<->o", 0x0f, "\n")])
        for (const size of [1, 1000]) {
          const { error } = yield* foundOut(cut(file, size))
          assert.strictEqual(error?.code, "invalid_encoding")
          assert.include(error?.message, name)
        }
      }
    }),
  )

  it.effect("are not those of a terminal", () =>
    Effect.gen(function* () {
      const colours = "id,log\n1,\x1b[31mred\x1b[0m\n2,\x1b(B\n"
      for (const [last, encoding] of [
        ["plain", "utf-8"],
        ["Zürich", "windows-1252"],
        ["Zürich", "utf-8"],
      ] as const)
        for (const size of [1, 2, 1000]) {
          const found = yield* foundOut(cut(encodeText(`${colours}3,${last}\n`, encoding), size))
          assert.deepStrictEqual([found.encoding, found.rows.at(-1)], [encoding, ["3", last]])
        }
    }),
  )
})

describe("DOS code pages and UTF-32", () => {
  it.effect.each([
    ["ibm437", "naïve,½ π ≥ ñ"],
    ["ibm850", "Ílhavo,São ¾ ð"],
    ["ibm852", "Łódź,Děčín ő"],
    ["ibm855", "Москва,Њ ђ №"],
    ["x-mac-cyrillic", "Москва,Їжак №"],
    ["utf-32le", "日本,🦆"],
    ["utf-32be", "日本,🦆"],
  ] as const)("are read if they are given: %s", ([encoding, record]) =>
    Effect.gen(function* () {
      for (const size of [1, 3, 1000]) {
        const file = cut(encodeText(`a,b\n${record}\n`, encoding), size)
        const { rows } = yield* foundOut(file, { encoding })
        assert.deepStrictEqual(rows, [record.split(",")])
      }
    }),
  )

  it("have the usual labels", () => {
    for (const [label, encoding] of [
      ["CP850", "ibm850"],
      ["ibm-852", "ibm852"],
      ["437", "ibm437"],
      ["UTF-32", "utf-32le"],
      ["ucs-4be", "utf-32be"],
      ["ISO-8859-8-I", "iso-8859-8"],
      ["iso-2022-jp", "iso-2022-jp"],
      ["iso-2022-kr", null],
    ] as const)
      assert.strictEqual(encodingOf(label), encoding)
  })
})
