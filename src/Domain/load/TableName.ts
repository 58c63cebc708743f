import * as Schema from "effect/Schema"
import { cutToBytes, maxNameBytes } from "./SqlIdentifier.ts"

/** Says what keeps a text from being a table's name, or `undefined`. */
const complaint = (name: string): string | undefined => {
  if (name === "") return "give a name, or leave it out"
  if (cutToBytes(name, maxNameBytes) !== name) return `give a name of at most ${maxNameBytes} bytes of UTF-8`
  if (/\p{Cc}/u.test(name)) return "give a name without control characters"
  return name.isWellFormed() ? undefined : "give a name without lone surrogates"
}

/**
 * A table's name, unquoted: 1 to 63 bytes of UTF-8 (Postgres documentation, 4.1.1, NAMEDATALEN), with no control
 * characters, which nobody means to have in one.
 */
export const TableName = Schema.String.check(
  Schema.makeFilter((name: string) => complaint(name) ?? true),
).pipe(Schema.brand("TableName"))
export type TableName = typeof TableName.Type

/** Endings that tell of a file's format or packing and not of what is in it. */
const knownExtensions = new Set(
  "csv tsv tab txt text psv ssv dat data gz gzip z zst zstd bz2 bzip2 xz lzma br lz4 zip tgz".split(" "),
)

/** The last part of the URL's path that is not empty, percent-decoded unless it is malformed. */
const fileNameOf = (fileUrl: string): string => {
  const path = URL.parse(fileUrl)?.pathname ?? ""
  const segment = path.split("/").findLast((part) => part !== "") ?? ""
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const withoutExtensions = (fileName: string): string => {
  const parts = fileName.split(".")
  while (parts.length > 1 && knownExtensions.has(parts.at(-1)!.trim().toLowerCase())) parts.pop()
  return parts.join(".")
}

/**
 * What the file is called, as an identifier that needs no quotes: letters in lower case, digits, the marks
 * that belong to letters in many scripts, and `_` for everything else; `file` when nothing is left.
 */
export const tableNameBase = (fileUrl: string): string => {
  const words = withoutExtensions(fileNameOf(fileUrl))
    .toLowerCase()
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N}_]+/gu, "_")
    .replaceAll(/^_+|(?<!_)_+$/g, "")
  if (words === "") return "file"
  return /^\p{N}/u.test(words) ? `_${words}` : words
}

/**
 * The n-th name to try for the table of a file: `tripsdata_1589788983`, then `tripsdata_1589788983_2`, `_3`…
 * The part before the epoch is cut where the whole would be over 63 bytes.
 *
 * @param epochSeconds when the job was created
 * @param n from 1
 */
export const tableName = (fileUrl: string, epochSeconds: number, n: number): TableName => {
  const suffix = n === 1 ? `_${epochSeconds}` : `_${epochSeconds}_${n}`
  const base = cutToBytes(tableNameBase(fileUrl), maxNameBytes - suffix.length).replace(/(?<!_)_+$/, "")
  return TableName.make(`${base}${suffix}`)
}
