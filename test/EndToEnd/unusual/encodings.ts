import * as zlib from "node:zlib"
import { zipFile } from "../../support/ZipFile.ts"
import type { UnusualFile } from "./UnusualFile.ts"
import {
  accented,
  accentedText,
  byteOrderMark,
  joined,
  latin,
  numbered,
  numberedText,
  people,
  utf16be,
  utf16le,
  written,
} from "./texts.ts"

const russian = {
  columns: ["город", "страна"],
  rows: [
    ["Москва", "Россия"],
    ["Санкт-Петербург", "Россия"],
    ["Новосибирск", "Россия"],
    ["Екатеринбург", "Россия"],
  ],
} as const
const russianText = [russian.columns, ...russian.rows].map((cells) => `${cells.join(";")}\n`).join("")

/** Encodes Cyrillic letters (WHATWG Encoding Standard, index windows-1251). */
const windows1251 = (text: string): Uint8Array =>
  Uint8Array.from(text, (char) => {
    const code = char.codePointAt(0)!
    return code >= 0x410 && code <= 0x44f ? code - 0x350 : code
  })

export const encodings: ReadonlyArray<UnusualFile> = [
  {
    name: "a UTF-8 byte order mark",
    body: byteOrderMark + accentedText,
    ...accented,
    encoding: "utf-8",
  },
  { name: "windows-1252 text", body: latin(accentedText), ...accented, encoding: "windows-1252" },
  {
    name: "a UTF-16LE byte order mark",
    body: utf16le(byteOrderMark + accentedText),
    ...accented,
    encoding: "utf-16le",
  },
  {
    name: "a UTF-16BE byte order mark",
    body: utf16be(byteOrderMark + accentedText),
    ...accented,
    encoding: "utf-16be",
  },
  {
    name: "UTF-16LE text without a byte order mark",
    body: utf16le(accentedText),
    ...accented,
    encoding: "utf-16le",
  },
  { name: "windows-1251 text", body: windows1251(russianText), ...russian, encoding: "windows-1251" },
  {
    name: "a requested encoding (encoding=windows-1251)",
    body: Buffer.from([...Buffer.from("word\n"), 0xcc, 0xf3, 0xeb, 0x0a]),
    options: { encoding: "windows-1251" },
    columns: ["word"],
    rows: [["Мул"]],
    encoding: "windows-1251",
  },
  {
    name: "one invalid byte late in a UTF-8 file",
    body: joined(
      Buffer.from(`id,name\n${numberedText(1, 20)}0,Äpfel für Übermüde\n21,caf`),
      Uint8Array.of(0xe9),
      Buffer.from(`\n22,Zoë\n${numberedText(23, 40)}`),
    ),
    columns: ["id", "name"],
    rows: [...numbered(1, 20), ["0", "Äpfel für Übermüde"], ["22", "Zoë"], ...numbered(23, 40)],
    rejects: { invalid_utf8: 1 },
  },
]

export const compressed: ReadonlyArray<UnusualFile> = [
  {
    name: "two gzip members",
    body: joined(zlib.gzipSync("id,name\n1,a\n"), zlib.gzipSync("2,b\n")),
    columns: ["id", "name"],
    rows: [
      ["1", "a"],
      ["2", "b"],
    ],
  },
  { name: "zstd compression", body: zlib.zstdCompressSync(written(";")), ...people },
  {
    name: "a UTF-16 file in a .zip",
    body: zipFile([{ name: "people.csv", body: utf16le(byteOrderMark + written("\t")) }]),
    ...people,
    encoding: "utf-16le",
  },
  {
    name: "windows-1252 text in Brotli",
    body: zlib.brotliCompressSync(latin(accentedText)),
    headers: { "content-encoding": "br" },
    ...accented,
    encoding: "windows-1252",
  },
]
