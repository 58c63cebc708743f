import * as Result from "effect/Result"
import { encodeText } from "../../test/Csv/encoding/encodeText.ts"
import type { Encoding } from "../../src/Domain/load/Encoding.ts"
import { cedillas, persianInArabicLetters, toneMarks } from "./spellings.ts"
import { translations } from "./translations.ts"

interface Language {
  readonly locale: string
  readonly encodings: ReadonlyArray<Encoding>
  readonly spelling?: (text: string) => string
}

const western: ReadonlyArray<Encoding> = ["windows-1252", "iso-8859-15", "macintosh", "ibm850"]
const dos: ReadonlyArray<Encoding> = [...western, "ibm437"]
const central: ReadonlyArray<Encoding> = ["windows-1250", "iso-8859-2", "ibm852"]
const romanian: ReadonlyArray<Encoding> = ["iso-8859-16"]
const baltic: ReadonlyArray<Encoding> = ["windows-1257", "iso-8859-13", "iso-8859-4"]
const cyrillic: ReadonlyArray<Encoding> = ["windows-1251", "iso-8859-5", "x-mac-cyrillic", "ibm855"]
const russian: ReadonlyArray<Encoding> = [...cyrillic, "koi8-r", "ibm866"]
const ukrainian: ReadonlyArray<Encoding> = [...cyrillic, "koi8-u"]
const southern: ReadonlyArray<Encoding> = ["iso-8859-3"]

const of = (
  locales: string,
  encodings: ReadonlyArray<Encoding>,
  spelling?: (text: string) => string,
): ReadonlyArray<Language> =>
  locales
    .split(" ")
    .map((locale) => (spelling === undefined ? { locale, encodings } : { locale, encodings, spelling }))

/** Languages, and the encodings in which their files are met. */
const languages: ReadonlyArray<Language> = [
  ...of("de es fr ca nl sv it gl eu", dos),
  ...of("pt pt_BR nb da fi is", western),
  ...of("is fo", ["iso-8859-10"]),
  ...of("ga", ["windows-1252", "iso-8859-14"]),
  ...of("cy", ["iso-8859-14"]),
  ...of("eo mt", southern),
  ...of("tr", ["windows-1254", "iso-8859-3"]),
  ...of("cs sk pl hu sl hr sr@latin", central),
  ...of("ro", central, cedillas),
  ...of("ro", romanian),
  ...of("et lv lt", baltic),
  ...of("vi", ["windows-1258"], toneMarks),
  ...of("ru", russian),
  ...of("uk be", ukrainian),
  ...of("bg", [...cyrillic, "ibm866"]),
  ...of("mk sr", cyrillic),
  ...of("el", ["windows-1253", "iso-8859-7"]),
  ...of("he", ["windows-1255", "iso-8859-8"]),
  ...of("ar", ["windows-1256", "iso-8859-6"]),
  ...of("fa", ["windows-1256"], persianInArabicLetters),
  ...of("th", ["windows-874"]),
  ...of("ja", ["shift_jis", "euc-jp", "iso-2022-jp"]),
  ...of("zh_CN", ["gb18030"]),
  ...of("zh_TW", ["big5"]),
  ...of("ko", ["euc-kr"]),
]

/** A file to measure with. */
export interface Measurement {
  readonly locale: string
  readonly encoding: Encoding
  readonly rows: "8" | "whole"
  readonly text: string
  readonly file: Uint8Array
}

/** Tables of eight rows for each language, encoding and kind of text. */
const smallTables = 10
const wholeRows = 400
const mostTexts = 1000

const hasAll = (text: string, encoding: Encoding): boolean =>
  Result.isSuccess(Result.try(() => encodeText(text, encoding)))

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const tableOf = (texts: ReadonlyArray<string>): string =>
  `id,text,date\n${texts.map((text, n) => `${n + 1},${quoted(text)},2024-01-${String((n % 28) + 1).padStart(2, "0")}\n`).join("")}`

/** Cuts a list into pieces of this length from evenly spaced places. */
const piecesOf = (texts: ReadonlyArray<string>, length: number, count: number) =>
  Array.from({ length: count }, (_, n) => {
    const start = Math.floor((n * (texts.length - length)) / count)
    return texts.slice(start, start + length)
  })

/** Tables of eight rows and one of more, of texts that the encoding has. */
const tablesOf = (
  { locale, spelling }: Language,
  encoding: Encoding,
  texts: ReadonlyArray<string>,
): ReadonlyArray<Measurement> => {
  const usable = texts
    .slice(0, mostTexts)
    .map((text) => (spelling?.(text) ?? text).replace(/\s+/g, " ").trim().slice(0, 120))
    .filter((text) => text.length > 1 && hasAll(text, encoding))
  if (usable.length < 8) return []
  const tables = [
    ...piecesOf(usable, 8, smallTables).map((piece) => ["8", tableOf(piece)] as const),
    ["whole", tableOf(usable.slice(0, wholeRows))] as const,
  ]
  return tables
    .filter(([, text]) => /[^\0-\x7f]/.test(text))
    .map(([rows, text]) => ({ locale, encoding, rows, text, file: encodeText(text, encoding) }))
}

/** The tables of each language, encoding and kind of text; all-ASCII ones are left out. */
export const measurements = (root: string, wanted: string): ReadonlyArray<Measurement> =>
  languages.flatMap((language) => {
    const kinds = Object.values(translations(root, language.locale))
    return language.encodings
      .filter((encoding) => `${language.locale} ${encoding}`.includes(wanted))
      .flatMap((encoding) => kinds.flatMap((texts) => tablesOf(language, encoding, texts)))
  })
