/** Texts of any size that are made to be hard to read, as functions of the size in bytes. */

/** Repeats what the function returns for 0, 1, 2, …, in an encoding of one byte per character or in UTF-8. */
const repeated =
  (unit: (index: number) => string, encoding: BufferEncoding = "utf8") =>
  (size: number): Uint8Array => {
    const parts: Array<string> = []
    for (let length = 0, index = 0; length < size; index++) {
      const part = unit(index)
      parts.push(part)
      length += part.length
    }
    return Buffer.from(parts.join(""), encoding).subarray(0, size)
  }

/** Maps pseudo-random bytes, the same ones each time. */
const random =
  (byte: (random: number) => number) =>
  (size: number): Uint8Array => {
    const bytes = new Uint8Array(size)
    let state = 88_172_645
    for (let i = 0; i < size; i++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      bytes[i] = byte((state >>> 7) & 255)
    }
    return bytes
  }

/** Random letters of an alphabet, with a comma or a line end after about every sixth. */
const alphabet = (first: number, letters: number) =>
  random((byte) => (byte % 7 === 0 ? 0x2c : byte % 41 === 0 ? 0x0a : first + (byte % letters)))

const columns = (count: number): string => Array.from({ length: count }, (_, i) => `c${i}`).join(",")

export const worstTexts: Readonly<Record<string, (size: number) => Uint8Array>> = {
  "random bytes": random((byte) => byte),
  "random bytes beyond ASCII": random((byte) => byte | 128),
  "the byte 0xFF": random(() => 0xff),
  "letters with one byte in 64 beyond ASCII": random((byte) => (byte < 4 ? 0xe9 : 97 + (byte % 26))),
  "double bytes without any line end": random((byte) =>
    byte % 2 === 0 ? 0x81 + (byte % 30) : 0x40 + (byte % 100),
  ),
  "GBK without any line end": random((byte) => 0xb0 + (byte % 0x47)),
  "records in Cyrillic": alphabet(0xc0, 63),
  "records in Thai": alphabet(0xa1, 58),
  "records in Big5": random((byte) =>
    byte % 41 === 0 ? 0x0a : byte % 2 === 0 ? 0xa4 + (byte % 30) : 0x40 + (byte % 60),
  ),
  "UTF-8 cut within characters": repeated((i) => "漢字\xff,".slice(0, (i % 4) + 1), "latin1"),
  "escape sequences of ISO 2022": repeated(() => "\u001b$B0!\u001b(B,"),
  "UTF-16": repeated((i) => `${i},é,x\n`, "utf16le"),
  "NUL bytes": random(() => 0),
  "only quotes": repeated(() => '"'),
  "inner quotes": repeated((i) => `"a"b"c",${i}\n`),
  "a quote that is never closed": repeated((i) => (i === 0 ? 'a,b\n"' : `${i},y\n`)),
  "lines quoted as a whole": repeated((i) => `"${i},""x"",y"\n`),
  backslashes: repeated(() => "\\"),
  "backslash escapes": repeated(() => "\\N\t\\N\n"),
  "ragged records": repeated((i) => `${columns((i * 7919) % 1600)}\n`),
  "1,600 columns": repeated(() => `${columns(1600)}\n`),
  "only commas": repeated(() => ","),
  "all delimiters": repeated((i) => `${",;\t|:".slice(i % 5)}\n`),
  "empty lines": repeated(() => "\n"),
  "lines of two bytes": repeated(() => "a\n"),
  spaces: repeated(() => " "),
  "one cell": repeated(() => "x y "),
  "one record": repeated(() => "word,"),
  dates: repeated((i) => `2024-0${(i % 9) + 1}-1${i % 9} 1${i % 9}:2${i % 6}:33,Jan ${i % 31} 2024\n`),
  "long numbers": repeated((i) => `${"9".repeat(300)}.${i}e-300,1\n`),
  "JSON in cells": repeated((i) => `"{""a"":${i},""b"":[1,{""c"":""x""}]}",[1,2]\n`),
  "nested JSON": repeated(() => '{"a":['),
  markup: repeated((i) => `<x${i} y><!-- `),
  comments: repeated((i) => (i % 2 === 0 ? "a,b\n" : "# c\n")),
  "many tables": repeated((i) => (i % 400 === 0 ? "\n\nx,y,z,w\n" : `${i},b\n`)),
}
