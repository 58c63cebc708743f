import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { bytes, cut, foundOut, readAll, utf8 } from "../readingCsv.ts"
import { encodeText } from "./encodeText.ts"
import { fileOfWords, samples } from "./languages.ts"

const unicode = ["utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be"] as const

const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => Buffer.concat(parts)

describe("the encoding of a file is guessed right:", () => {
  const cases = samples.flatMap(({ encodings, language, text }) =>
    ([...unicode, ...encodings] as const).map((encoding) => [language, encoding, text] as const),
  )
  it.effect.each(cases)("%s in %s", ([, encoding, text]) =>
    Effect.gen(function* () {
      const found = yield* foundOut([encodeText(fileOfWords(text), encoding)])
      assert.strictEqual(found.encoding, encoding)
      assert.isNull(found.error)
      assert.deepStrictEqual(
        found.rows,
        text.split(" ").map((word, index) => [`${index}`, word]),
      )
    }),
  )
})

describe("symbols in an otherwise ASCII file", () => {
  const money = ["£#.50", "-£#", "£#m", "price in £", "€#", "# €", "¥#", "#¢"]
  const measures = ["#°C", "# °C", "#ºC", "Nº #", "#ª", "#±0.1", "#×4", "#½ in", "#¾", "#¼", "#µg", "# m²"]
  const powers = ["# m³", "# kg/m³"]
  const words = ["don’t", "they’re", "“quoted”", "# – #", "and so on…", "Acme™", "Acme®", "© Acme", "§ #"]
  it.effect.each([...money, ...measures, ...powers, ...words])(
    "a symbol in an otherwise ASCII file is read as windows-1252: %s",
    (cell) =>
      Effect.gen(function* () {
        for (const count of [1, 40, 2000]) {
          const values = Array.from({ length: count }, (_, n) => cell.replaceAll("#", `${n}`))
          const file = `id,value\n${values.map((value, n) => `${n},${value}\n`).join("")}`
          const found = yield* foundOut([encodeText(file, "windows-1252")])
          assert.deepStrictEqual([found.error, found.encoding], [null, "windows-1252"], `${count} rows`)
          assert.deepStrictEqual(
            found.rows.map((row) => row[1]),
            values,
          )
        }
      }),
  )

  it.effect("but a currency with letters of another encoding is read in that", () =>
    Effect.gen(function* () {
      const file = `id,value\n${Array.from({ length: 40 }, (_, n) => `${n},${n} zł\n`).join("")}`
      const found = yield* foundOut([encodeText(file, "windows-1250")])
      assert.deepStrictEqual([found.encoding, found.rows[3]], ["windows-1250", ["3", "3 zł"]])
    }),
  )
})

describe("a byte order mark", () => {
  const marks = [
    ["utf-8", [0xef, 0xbb, 0xbf]],
    ["utf-16le", [0xff, 0xfe]],
    ["utf-16be", [0xfe, 0xff]],
    ["utf-32le", [0xff, 0xfe, 0, 0]],
    ["utf-32be", [0, 0, 0xfe, 0xff]],
    ["gb18030", [0x84, 0x31, 0x95, 0x33]],
  ] as const
  it.effect.each(marks)("of %s determines the encoding and is not part of the header", ([encoding, mark]) =>
    Effect.gen(function* () {
      const file = joined(Uint8Array.from(mark), encodeText("é;b\n1;€\n2;🦆\n", encoding))
      for (const size of [1, 2, 3, 5, 1000]) {
        const found = yield* foundOut(cut(file, size), {}, "text/csv; charset=windows-1252")
        assert.deepStrictEqual([found.encoding, found.header], [encoding, ["é", "b"]])
        assert.deepStrictEqual(found.rows, [
          ["1", "€"],
          ["2", "🦆"],
        ])
      }
    }),
  )

  it.effect("of UTF-16 or UTF-32 determines the byte order if only that was given", () =>
    Effect.gen(function* () {
      const file = joined(bytes(0xfe, 0xff), encodeText("a,b\n1,2\n", "utf-16be"))
      assert.deepStrictEqual((yield* foundOut([file], { encoding: "utf-16le" })).header, ["a", "b"])
      const wide = joined(bytes(0, 0, 0xfe, 0xff), encodeText("a,b\n1,2\n", "utf-32be"))
      assert.deepStrictEqual((yield* foundOut([wide], { encoding: "utf-32le" })).header, ["a", "b"])
    }),
  )

  it.effect("does not change where NULs pad a file", () =>
    Effect.gen(function* () {
      const { encoding, rows } = yield* readAll(
        [bytes("a,b\n1,2\n", ...Array.from({ length: 500 }, () => 0))],
        {
          onBadRow: "reject",
        },
      )
      assert.deepStrictEqual([encoding, rows], ["utf-8", [["1", "2"]]])
    }),
  )
})

const declared = (charset: string) => `text/csv; header=present; charset=${charset}`

describe("the declared encoding", () => {
  it.effect("is used if the text decodes in it", () =>
    Effect.gen(function* () {
      const file = encodeText("a,b\nŁódź,ą\n", "iso-8859-2")
      const found = yield* foundOut([file], {}, declared('"ISO-8859-2"'))
      assert.deepStrictEqual([found.encoding, found.rows], ["iso-8859-2", [["Łódź", "ą"]]])
    }),
  )

  it.effect("is ignored if it is UTF-8 and the text is not", () =>
    Effect.gen(function* () {
      const found = yield* foundOut([encodeText("a,b\nZürich,é\n", "windows-1252")], {}, declared("utf-8"))
      assert.deepStrictEqual([found.encoding, found.rows], ["windows-1252", [["Zürich", "é"]]])
    }),
  )

  it.effect("is ignored if the text is UTF-8", () =>
    Effect.gen(function* () {
      for (const charset of ["windows-1252", "iso-8859-1", "shift_jis", "nonsense"]) {
        const found = yield* foundOut([utf8("a,b\nZürich,東\n")], {}, declared(charset))
        assert.deepStrictEqual([found.encoding, found.rows], ["utf-8", [["Zürich", "東"]]])
      }
    }),
  )

  it.effect("is ignored if the text does not decode in it", () =>
    Effect.gen(function* () {
      const file = encodeText("a,b\nété,Zürich\n", "windows-1252")
      assert.strictEqual((yield* foundOut([file], {}, declared("euc-kr"))).encoding, "windows-1252")
    }),
  )
})

describe("the user's option", () => {
  it.effect("is used against all evidence", () =>
    Effect.gen(function* () {
      const file = utf8("a\né\n")
      const found = yield* foundOut([file], { encoding: "windows-1252" }, "text/csv; charset=utf-8")
      assert.deepStrictEqual([found.encoding, found.rows], ["windows-1252", [["Ã©"]]])
      const bad = yield* foundOut([bytes("a\n1\n", 0xe9, "\n")], { encoding: "utf-8" })
      assert.deepStrictEqual([bad.error?.code, bad.error?.place.byteOffset], ["invalid_utf8", 4])
    }),
  )
})

describe("text that is ASCII at first", () => {
  const rows = 2500
  const padding = utf8(`a,b\n${`1,${"plain".repeat(200)}\n`.repeat(rows)}`)

  it.effect("is read right if the first other letter comes after megabytes", () =>
    Effect.gen(function* () {
      for (const encoding of ["utf-8", "windows-1252", "windows-1251", "shift_jis"] as const) {
        const last =
          encoding === "windows-1251" ? "Москва" : encoding === "shift_jis" ? "これはテストです" : "Zürich"
        const file = joined(padding, encodeText(`2,${last}\n3,x\n`, encoding))
        const found = yield* foundOut(cut(file, 65_521))
        assert.deepStrictEqual([found.error, found.encoding], [null, encoding])
        assert.deepStrictEqual(found.rows.slice(-2), [
          ["2", last],
          ["3", "x"],
        ])
        assert.strictEqual(found.rows.length, rows + 2)
      }
    }),
  )

  it.effect("is UTF-8 if nothing else follows", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* foundOut([utf8("a,b\n1,2\n")])).encoding, "utf-8")
    }),
  )
})

describe("a bad byte", () => {
  it.effect("late in UTF-8 is an error with its position", () =>
    Effect.gen(function* () {
      const before = utf8(`a,b\n${"é,ü\n".repeat(20_000)}`)
      const { error, rows } = yield* foundOut(cut(joined(before, bytes("x,", 0xe9, "\n")), 4096))
      assert.deepStrictEqual(
        [error?.code, error?.place.byteOffset, error?.place.line, rows.length],
        ["invalid_utf8", before.length + 2, 20_002, 20_000],
      )
    }),
  )

  it.effect("in much UTF-8 does not make it another encoding", () =>
    Effect.gen(function* () {
      const file = joined(utf8("a,b\nZürich,Köln\nGenève,Málaga\n"), bytes("x", 0xe9, ",y\n"))
      const { encoding, error } = yield* foundOut([file])
      assert.deepStrictEqual([encoding, error?.code], ["utf-8", "invalid_utf8"])
    }),
  )

  it.effect("that is not in the encoding ends the load, with its line", () =>
    Effect.gen(function* () {
      const start = encodeText("a,b\nこれは,テスト\n", "shift_jis")
      for (const size of [1, 3, 1000]) {
        const pieces = cut(joined(start, bytes("x,", 0xfd, 0xff, ",\n")), size)
        const { error, rows } = yield* foundOut(pieces, { encoding: "shift_jis" })
        assert.deepStrictEqual(
          [error?.code, error?.place.byteOffset, error?.place.line, rows.length],
          ["invalid_encoding", start.length + 2, 3, 1],
        )
      }
    }),
  )

  it.effect("is half a character of UTF-16 at the end, or a lone surrogate", () =>
    Effect.gen(function* () {
      const start = encodeText("a,b\n1,2\n", "utf-16le")
      const ends = [bytes("3"), bytes(0x3d, 0xd8), bytes(0x3d, 0xd8, "x", 0), bytes(0x00, 0xdc, "x", 0)]
      for (const end of ends)
        for (const size of [1, 3, 1000]) {
          const { error, rows } = yield* foundOut(cut(joined(start, end), size), { encoding: "utf-16le" })
          assert.deepStrictEqual(
            [error?.code, error?.place.byteOffset, error?.place.line, rows.length],
            ["invalid_encoding", start.length, 3, 1],
          )
        }
    }),
  )

  it.effect("is a part of a character of UTF-32 at the end, or a number without a character", () =>
    Effect.gen(function* () {
      const start = encodeText("a,b\n1,2\n", "utf-32le")
      for (const end of [
        bytes("3"),
        bytes(0, 0xd8, 0, 0),
        bytes(0, 0, 0x11, 0),
        bytes(0, 0, 0, 1, "x", 0, 0, 0),
      ])
        for (const size of [1, 3, 1000]) {
          const { error, rows } = yield* foundOut(cut(joined(start, end), size), { encoding: "utf-32le" })
          assert.deepStrictEqual(
            [error?.code, error?.place.byteOffset, error?.place.line, rows.length],
            ["invalid_encoding", start.length, 3, 1],
          )
        }
    }),
  )
})

describe("the position of an error", () => {
  it.effect("refers to the file, not to its UTF-8 text", () =>
    Effect.gen(function* () {
      for (const encoding of ["windows-1252", "utf-16le", "utf-16be", "utf-32le", "utf-32be"] as const) {
        const record = `${"é".repeat(19)},${"ü".repeat(19)}\n`
        const start = encodeText(`ä,b\n${record.repeat(5000)}`, encoding)
        const file = joined(start, encodeText("é,ü,x\n", encoding))
        const surplus = encodeText("é,ü,", encoding).length
        for (const size of [1021, 65_536, file.length]) {
          const { error } = yield* foundOut(cut(file, size))
          assert.deepStrictEqual(
            [error?.code, error?.place.line, error?.place.byteOffset],
            ["ragged_record", 5002, start.length + surplus],
          )
        }
      }
    }),
  )

  it.effect("counts the byte order mark and skipped lines", () =>
    Effect.gen(function* () {
      for (const encoding of ["utf-8", "utf-16le"] as const) {
        const start = encodeText("\ufeffTitle é\n\na;b;c\n1;é;2\n1;é;3\n", encoding)
        const { error, skippedLines } = yield* foundOut([joined(start, encodeText("é;1\n", encoding))])
        const end = encodeText("é;1", encoding).length
        assert.deepStrictEqual(
          [error?.code, error?.place.line, error?.place.byteOffset, skippedLines],
          ["ragged_record", 6, start.length + end, 2],
        )
      }
    }),
  )
})

describe("UTF-8 as Java and Oracle write it", () => {
  it.effect("is read as UTF-8, with rejects for the characters that it writes otherwise", () =>
    Effect.gen(function* () {
      for (const pair of [bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80), bytes(0xc0, 0x80)]) {
        const found = yield* foundOut([joined(bytes("id,m\n1,"), pair, bytes("\n2,x\n"))])
        assert.deepStrictEqual([found.encoding, found.error?.code], ["utf-8", "invalid_utf8"])
        assert.deepStrictEqual([found.error?.place.line, found.error?.place.byteOffset], [2, 7])
      }
    }),
  )
})

describe("characters that are not in every decoder", () => {
  it.effect("are detected: those of Hong Kong, and all Korean syllables", () =>
    Effect.gen(function* () {
      const hongKong = bytes("id,", 0xa6, 0x57, "\n1,", 0xad, 0xbb, 0xb4, 0xe4, 0x9d, 0xef, 0xb5, 0xf3, "\n")
      const chinese = yield* foundOut([hongKong])
      assert.deepStrictEqual([chinese.encoding, chinese.rows], ["big5", [["1", "香港嘅街"]]])
      const korean = yield* foundOut([
        bytes("id,", 0xc0, 0xcc, 0xb8, 0xa7, "\n1,", 0x8c, 0x63, 0xb9, 0xe6, 0xb0, 0xa2, 0xc7, 0xcf, "\n"),
      ])
      assert.deepStrictEqual([korean.encoding, korean.rows], ["euc-kr", [["1", "똠방각하"]]])
    }),
  )
})
