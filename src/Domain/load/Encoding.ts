import * as Result from "effect/Result"

/**
 * Encodings of CSV files, by their names in the WHATWG Encoding Standard: all but ISO-2022-JP, which is stateful and used
 * only in mail.
 */
export const encodings = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "ibm866",
  "iso-8859-2",
  "iso-8859-3",
  "iso-8859-4",
  "iso-8859-5",
  "iso-8859-6",
  "iso-8859-7",
  "iso-8859-8",
  "iso-8859-10",
  "iso-8859-13",
  "iso-8859-14",
  "iso-8859-15",
  "iso-8859-16",
  "koi8-r",
  "koi8-u",
  "macintosh",
  "windows-874",
  "windows-1250",
  "windows-1251",
  "windows-1252",
  "windows-1253",
  "windows-1254",
  "windows-1255",
  "windows-1256",
  "windows-1257",
  "windows-1258",
  "x-mac-cyrillic",
  "gbk",
  "gb18030",
  "big5",
  "euc-jp",
  "shift_jis",
  "euc-kr",
] as const

export type Encoding = (typeof encodings)[number]

/** The encoding of a label (`latin1`, `UTF8`, `cp1252`…, in any case); `null` if it is not supported. */
export const encodingOf = (label: string): Encoding | null => {
  const name = Result.getOrElse(
    Result.try(() => new TextDecoder(label.trim()).encoding),
    () => "",
  )
  return encodings.find((encoding) => encoding === name) ?? null
}
