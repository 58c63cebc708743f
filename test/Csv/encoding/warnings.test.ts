import { assert, describe, it } from "@effect/vitest"
import { atOnce } from "../../../src/Bytes/Steps.ts"
import { Utf8Reader } from "../../../src/Csv/encoding/Utf8Reader.ts"
import type { Encoding } from "../../../src/Domain/load/Encoding.ts"
import { bytes, cut, utf8 } from "../readingCsv.ts"
import { encodeText } from "./encodeText.ts"
import { fileOfWords, samples } from "./languages.ts"

const read = (file: Uint8Array, size = file.length, declared: Encoding | null = null) => {
  const reader = Utf8Reader.open(file, { declared })
  const text = cut(file.subarray(reader.offset), size).map((chunk) => Buffer.from(atOnce(reader.push(chunk))))
  const whole = Buffer.concat([...text, atOnce(reader.finish())]).toString("utf8")
  return { text: whole, encoding: reader.encoding, warnings: reader.warnings }
}

describe("a guess with little evidence", () => {
  it("is reported with the runner-up", () => {
    const { encoding, warnings } = read(encodeText("id,name\n1,Plzeň\n", "windows-1250"))
    assert.strictEqual(warnings[0]?.code, "encoding_guess")
    const runnerUp = encoding === "windows-1250" ? "windows-1252" : "windows-1250"
    assert.match(warnings[0]?.message ?? "", new RegExp(`${encoding}; ${runnerUp} is almost as likely`))
  })

  it("is reported if the text reads like no language", () => {
    const noise = Array.from({ length: 200 }, (_, n) =>
      bytes(`${n},`, 0x80 + ((n * 37) % 128), 0x80 + ((n * 91) % 128), "\n"),
    )
    const { warnings } = read(Buffer.concat(noise))
    assert.match(warnings[0]?.message ?? "", /does not read like a language/)
  })

  it("is reported for bytes that are valid UTF-8, or not valid in the given UTF-8", () => {
    for (const encoding of ["windows-1252", "gb18030", "utf-16le"] as const)
      assert.deepStrictEqual(codes(utf8("a,b\né,x\n"), encoding), ["encoding_option"], encoding)
    assert.deepStrictEqual(codes(utf8("a,b\n1,x\n"), "utf-16le"), ["encoding_option"])
    const latin1 = bytes("a,b\nd", 0xe9, "j", 0xe0, ",caf", 0xe9, "\n")
    const [warning] = Utf8Reader.open(latin1, { encoding: "utf-8" }).warnings
    assert.include(warning?.message, "looks like windows-1252")
  })

  it("is reported for UTF-16 that is read as something else", () => {
    const wide = bytes("a", 0, ",", 0, "b", 0, "\n", 0, "1", 0, ",", 0, "2", 0, "\n", 0)
    assert.deepStrictEqual(codes(wide, "windows-1252"), ["encoding_option"])
    assert.deepStrictEqual(codes(wide, "utf-16be"), ["encoding_option"])
  })

  it("is not reported for text that fits, or is ASCII", () => {
    for (const encoding of ["windows-1252", "iso-2022-jp", "utf-8"] as const)
      assert.deepStrictEqual(codes(utf8("a,b\n1,x\n"), encoding), [], encoding)
    assert.deepStrictEqual(codes(bytes("a\nd", 0xe9, "j\n"), "windows-1252"), [])
    assert.deepStrictEqual(codes(utf8("a\né\n"), "utf-8"), [])
    assert.deepStrictEqual(codes(utf8(""), "utf-16le"), [])
  })

  it("is not reported for a text of some words", () => {
    const long = samples.filter(({ text }) => text.split(" ").length >= 8)
    const warned = long.flatMap(({ encodings, language, text }) =>
      encodings
        .filter((encoding) => read(encodeText(fileOfWords(text), encoding)).warnings.length > 0)
        .map((encoding) => `${language} in ${encoding}`),
    )
    assert.isBelow(warned.length, 0.15 * long.flatMap(({ encodings }) => encodings).length, warned.join(", "))
  })

  it("is not reported for ASCII, UTF-8, and a declared encoding", () => {
    assert.deepStrictEqual(read(utf8("a\nb\n")).warnings, [])
    assert.deepStrictEqual(read(utf8("a\né\n")).warnings, [])
    const polish = encodeText("a\nŁ\n", "iso-8859-2")
    assert.deepStrictEqual(read(polish, 10, "iso-8859-2").warnings, [])
  })
})

describe("an encoding that cannot decode the sample is not chosen:", () => {
  it("every byte from A1 to FF, one in each line", () => {
    const file = bytes(...Array.from({ length: 0x5f }, (_, n) => [0xa1 + n, "\n"]).flat())
    assert.strictEqual(read(file).encoding, "windows-1252")
  })

  it("a byte that the likeliest encoding lacks", () => {
    const greek = encodeText("id,name\n1,Αθήνα\n2,Πάτρα\n3,Λάρισα\n", "windows-1253")
    assert.strictEqual(read(greek).encoding, "windows-1253")
    const { encoding, text, warnings } = read(Buffer.concat([greek, bytes("4,", 0xd2, "\n")]))
    assert.notInclude(["windows-1253", "iso-8859-7"], encoding)
    assert.notInclude(text, "\ufffd")
    assert.include(warnings[0]?.message, "windows-1253")
  })
})

it("a guess does not depend on how the file is cut", () => {
  const padding = "plain,text\n".repeat(500)
  for (const { encodings, text } of samples)
    for (const encoding of encodings.slice(0, 1)) {
      const file = encodeText(`${padding}${fileOfWords(text)}`, encoding)
      const whole = read(file)
      for (const size of [7, 1021, 4096]) assert.deepStrictEqual(read(file, size), whole)
    }
})

const codes = (file: Uint8Array, encoding: Encoding) =>
  Utf8Reader.open(file, { encoding }).warnings.map(({ code }) => code)

describe("a given encoding that contradicts the byte order mark", () => {
  it("is obeyed and reported", () => {
    assert.deepStrictEqual(codes(utf8("\ufeffa\né\n"), "windows-1252"), ["encoding_option"])
    assert.deepStrictEqual(codes(bytes(0xff, 0xfe, "a", 0), "utf-8"), ["encoding_option"])
  })

  it("is not reported for the same family", () => {
    assert.deepStrictEqual(codes(utf8("\ufeffa\n"), "utf-8"), [])
    assert.deepStrictEqual(codes(bytes(0xfe, 0xff, 0, "a"), "utf-16le"), [])
  })
})

describe("characters of private use", () => {
  it.each<readonly [Encoding, ReadonlyArray<number>, ReadonlyArray<number>]>([
    ["shift_jis", [0xf0, 0x40], [0x93, 0xfa]],
    ["gbk", [0xaa, 0xa1], [0xd6, 0xd0]],
    ["gb18030", [0xaa, 0xa1], [0xd6, 0xd0]],
  ])("are reported in %s, and others are not", (encoding, own, usual) => {
    const found = ([first, second]: ReadonlyArray<number>) => {
      const reader = Utf8Reader.open(utf8("a\n"), { encoding })
      for (const chunk of cut(bytes("id,name\n1,", first!, second!, "\n2,x\n"), 3)) atOnce(reader.push(chunk))
      atOnce(reader.finish())
      return reader.warnings.map(({ code }) => code)
    }
    assert.deepStrictEqual([found(own), found(usual)], [["private_characters"], []])
  })
})
