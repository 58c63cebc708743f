import * as Result from "effect/Result"

/**
 * Encodings of CSV files, by their names in the WHATWG Encoding Standard; those that it does not have (UTF-32, DOS code
 * pages) by their IANA names.
 */
export const encodings = [
  "utf-8",
  "utf-16le",
  "utf-16be",
  "utf-32le",
  "utf-32be",
  "ibm437",
  "ibm850",
  "ibm852",
  "ibm855",
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
  "iso-2022-jp",
] as const

export type Encoding = (typeof encodings)[number]

/** Encodings by labels that the standard does not have, or has for an encoding with the same characters. */
const otherLabels: ReadonlyArray<readonly [RegExp, Encoding]> = [
  [/^(?:utf|ucs)-?(?:32|4)(?:-?le)?$/, "utf-32le"],
  [/^(?:utf|ucs)-?(?:32|4)-?be$/, "utf-32be"],
  [/^(?:cp|windows|ms)-?932$/, "shift_jis"],
  [/^(?:cp|windows|ms)-?936$/, "gbk"],
  [/^(?:cp|windows|ms)-?949$|^uhc$/, "euc-kr"],
  [/^(?:cp|windows|ms)-?950$|^big5-?hkscs$/, "big5"],
  [/^utf-?8-sig$|^cp-?65001$/, "utf-8"],
  [/^(?:cp|ibm|dos|oem)?-?437$/, "ibm437"],
  [/^(?:cp|ibm|dos|oem)?-?850$/, "ibm850"],
  [/^(?:cp|ibm|dos|oem)?-?852$/, "ibm852"],
  [/^(?:cp|ibm|dos|oem)?-?855$/, "ibm855"],
  [/^(?:iso-?)?8859-?8-?i$|^csiso88598i$|^logical$/, "iso-8859-8"],
]

/** The encoding of a label (`latin1`, `UTF8`, `cp1252`…, in any case); `null` if it is not supported. */
export const encodingOf = (label: string): Encoding | null => {
  const trimmed = label.trim().toLowerCase().replaceAll("_", "-")
  const other = otherLabels.find(([pattern]) => pattern.test(trimmed))
  if (other !== undefined) return other[1]
  const name = Result.getOrElse(
    Result.try(() => new TextDecoder(label.trim()).encoding),
    () => "",
  )
  return encodings.find((encoding) => encoding === name) ?? null
}
