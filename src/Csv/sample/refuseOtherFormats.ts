import { byteOrderMarkLength } from "../../Bytes/ByteOrderMark.ts"
import { startsWith } from "../../Bytes/startsWith.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import { isJson } from "./isJson.ts"
import { markupOf } from "./Markup.ts"

/** Bytes at the beginning of a text in which markup is looked for. */
const openingSize = 4096

const ascii = (text: string): ReadonlyArray<number> => Array.from(text, (char) => char.charCodeAt(0))

interface Format {
  readonly name: string
  readonly advice: string
  readonly matches: (first: Uint8Array) => boolean
}

const format = (name: string, signature: ReadonlyArray<number>, advice: string): Format => ({
  name,
  advice,
  matches: (first) => startsWith(first, signature),
})

const unpack = "Decompress it and load the CSV file itself, or compress that file alone as .gz, .zst or .zip."
const exportAsCsv = "Export the data as CSV and load that file."
const blanks = ascii(" \t\r\n\f")

const formats: ReadonlyArray<Format> = [
  format("gzip-compressed data", [0x1f, 0x8b], unpack),
  format("a ZIP archive (an Excel .xlsx workbook is one too)", [...ascii("PK"), 3, 4], unpack),
  format("an empty ZIP archive", [...ascii("PK"), 5, 6], unpack),
  format("zstd-compressed data", [0x28, 0xb5, 0x2f, 0xfd], unpack),
  format("xz-compressed data", [0xfd, ...ascii("7zXZ"), 0], unpack),
  format("lz4-compressed data", [0x04, 0x22, 0x4d, 0x18], unpack),
  format("data compressed with Unix compress (.Z)", [0x1f, 0x9d], unpack),
  format("a 7-Zip archive", [...ascii("7z"), 0xbc, 0xaf, 0x27, 0x1c], unpack),
  format("a RAR archive", [...ascii("Rar!"), 0x1a, 0x07], unpack),
  {
    name: "a tar archive",
    advice: unpack,
    // POSIX and GNU archives (pax, "ustar Interchange Format"). The file name before it is padded with NULs.
    matches: (first) => startsWith(first, ascii("ustar"), 257) && first.subarray(0, 100).includes(0),
  },
  {
    name: "bzip2-compressed data",
    advice: unpack,
    // The level, then the digits of pi that start a block, or of its square root that end an empty file.
    matches: (first) =>
      startsWith(first, ascii("BZh")) &&
      (startsWith(first, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], 4) ||
        startsWith(first, [0x17, 0x72, 0x45, 0x38, 0x50, 0x90], 4)),
  },
  format(
    "an Excel .xls workbook or another Office file",
    [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    exportAsCsv,
  ),
  format(
    "a Git LFS pointer, which names the file but does not contain it",
    ascii("version https://git-lfs.github.com/spec/"),
    "Load the file itself: on GitHub, that of the download button.",
  ),
  format("an SQLite database", [...ascii("SQLite format 3"), 0], exportAsCsv),
  format("an Arrow or Feather file", [...ascii("ARROW1"), 0, 0], exportAsCsv),
  format("an Avro file", [...ascii("Obj"), 1], exportAsCsv),
  format("an HDF5 file", [0x89, ...ascii("HDF\r\n"), 0x1a, 0x0a], exportAsCsv),
  format("a rich text document (RTF)", ascii("{\\rtf1"), exportAsCsv),
  format("a PDF document", ascii("%PDF-"), exportAsCsv),
  format("a JPEG image", [0xff, 0xd8, 0xff], exportAsCsv),
  format("a GIF image", [...ascii("GIF8"), 0x39, 0x61], exportAsCsv),
  format("a GIF image", [...ascii("GIF8"), 0x37, 0x61], exportAsCsv),
  format("MP3 audio", [...ascii("ID3"), 3, 0], exportAsCsv),
  format("MP3 audio", [...ascii("ID3"), 4, 0], exportAsCsv),
  format("an SPSS data file", ascii("$FL2@(#) SPSS"), exportAsCsv),
  format("an R data file (RDS)", ascii("X\n\0\0\0"), exportAsCsv),
  format("an R data file (RData)", ascii("RDX2\nX\n"), exportAsCsv),
  format("an R data file (RData)", ascii("RDX3\nX\n"), exportAsCsv),
  {
    name: "a SAS data set (SAS7BDAT)",
    advice: exportAsCsv,
    matches: (first) =>
      startsWith(first, [0xc2, 0xea, 0x81, 0x60], 12) && first.subarray(0, 12).every((byte) => byte === 0),
  },
  {
    name: "a dBASE table (DBF)",
    advice: exportAsCsv,
    // Version, date, number of records, lengths of header and record, then reserved bytes.
    matches: (first) =>
      [0x03, 0x30, 0x31, 0x83, 0x8b, 0xf5].includes(first[0]!) &&
      first.length > 32 &&
      first[2]! >= 1 &&
      first[2]! <= 12 &&
      first[3]! >= 1 &&
      first[3]! <= 31 &&
      first[12] === 0 &&
      first[13] === 0,
  },
  format("a PNG image", [0x89, ...ascii("PNG"), 0x0d, 0x0a, 0x1a, 0x0a], exportAsCsv),
  {
    name: "a Parquet file",
    advice: exportAsCsv,
    // A CSV header may start with these letters. In Parquet, a binary page header follows.
    matches: (first) =>
      startsWith(first, ascii("PAR1")) && first.length > 4 && first[4]! < 0x20 && !blanks.includes(first[4]!),
  },
]

/** Index of the first character that is not blank. */
const textStart = (first: Uint8Array): number => {
  let start = byteOrderMarkLength(first)
  while (blanks.includes(first[start]!)) start++
  return start
}

const notCsv = (name: string, advice: string): LoadError =>
  loadError("not_csv", `The file is not CSV but ${name}. ${advice}`)

/** `curl -d` declares a file to be a form, and removes its line ends; `curl --data-binary` only declares it. */
const isStrippedForm = (first: Uint8Array, contentType: string | null): boolean =>
  contentType === "application/x-www-form-urlencoded" &&
  first.length > 0 &&
  !first.includes(0x0a) &&
  !first.includes(0x0d)

const strippedForm = loadError(
  "malformed_upload",
  "The file arrived without a line end, as curl -d sends it. Send it with curl -T FILE, or with --data-binary @FILE and the header Content-Type: text/csv.",
)

/**
 * Refuses a file that is clearly not CSV: a web page, an archive, a document.
 *
 * @param first the first `prefixSize` bytes, or the whole file
 * @param contentType `Content-Type` of the response
 * @returns `not_csv`, `malformed_upload`, or `null` if the file may be CSV
 */
export const refuseOtherFormats = (first: Uint8Array, contentType: string | null): LoadError | null => {
  if (isStrippedForm(first, contentType)) return strippedForm
  const start = textStart(first)
  const opening = Buffer.from(first.subarray(start, start + openingSize)).toString("latin1")
  const markup = markupOf(opening, contentType)
  if (markup === "html")
    return notCsv(
      "a web page (HTML)",
      "Load the file itself: give the URL that downloads it, not that of a page about it or of a login page.",
    )
  if (markup === "xml") return notCsv("XML", exportAsCsv)
  if (isJson(first, start, contentType)) return notCsv("JSON", exportAsCsv)
  const format = formats.find(({ matches }) => matches(first))
  return format === undefined ? null : notCsv(format.name, format.advice)
}
