import * as Schema from "effect/Schema"
import { cutToBytes, invalidName, maxNameBytes } from "./SqlIdentifier.ts"
import { isSystemName } from "./systemNames.ts"

const storable = (name: string): boolean =>
  name !== "" && cutToBytes(name, maxNameBytes) === name && !/\p{Cc}/u.test(name) && name.isWellFormed()

/** A table's name, unquoted: 1 to 63 bytes of UTF-8 (Postgres documentation, 4.1.1, NAMEDATALEN). */
export const TableName = Schema.String.check(Schema.makeFilter(storable)).pipe(Schema.brand("TableName"))
export type TableName = typeof TableName.Type

/** Why a caller may not load into a table of another one. */
export const ofAnotherKey = (table: string): string =>
  `The name ${JSON.stringify(table)} is taken by a table of another key. Give another tableName.`

/** Letters of other scripts that look like a Latin letter of the reserved names (Unicode Technical Standard 39). */
const lookalikes: Readonly<Record<string, string>> = {
  a: "аɑαӕᴀ",
  b: "ьƅвʙ",
  c: "сϲᴄ",
  e: "еҽєɛᴇ",
  f: "ғƒꜰ",
  g: "ɡցԍɢ",
  h: "һհнʜ",
  i: "іıιɩɪ",
  l: "ӏⅼ|ɭӀΙІʟ",
  m: "мᴍ",
  n: "ոռпηɴ",
  o: "оοօσᴏ",
  p: "рρϱᴘ",
  r: "гᴦ",
  s: "ѕꜱ",
  t: "тτᴛ",
  u: "υսᴜц",
}
const latin = new Map(
  Object.entries(lookalikes).flatMap(([letter, others]) => [...others].map((other) => [other, letter])),
)

/** The name as a reader may take it: without marks, in Latin letters. */
const shapeOf = (name: string): string =>
  [...name.normalize("NFKD").replaceAll(/\p{M}/gu, "")]
    .map((character) => latin.get(character) ?? latin.get(character.toLowerCase()) ?? character)
    .join("")

const isReserved = (name: string): boolean => isSystemName(shapeOf(name))

/** Two identifiers with a dot between them. */
const withSchema = /^([\p{L}_][\p{L}\p{N}_$]*)\.([\p{L}_][\p{L}\p{N}_$]*)$/u

/** The schema and the table of a name such as `public.trips`, in which users take the dot for what separates the two. */
export const separatedName = (
  name: string,
): { readonly schema: string; readonly table: string } | undefined => {
  const [, schema, table] = withSchema.exec(name) ?? []
  return schema === undefined || table === undefined ? undefined : { schema, table }
}

/** The name of a table that a user may give. */
export const GivenTableName = Schema.String.check(
  Schema.makeFilter((name: string) => {
    const problem = invalidName(name)
    if (problem !== undefined) return problem
    const separated = separatedName(name)
    if (separated !== undefined)
      return `a dot does not separate a schema from a table here: give tableName=${separated.table} and schema=${separated.schema}`
    return isReserved(name)
      ? "give a name that does not begin with pg_ and is not information_schema, sluice or boss"
      : true
  }),
).pipe(Schema.brand("TableName"))

/** Extensions that name a format or a compression. */
const knownExtensions = new Set(
  "csv tsv tab txt text psv ssv dat data gz gzip z zst zstd bz2 bzip2 xz lzma br lz4 zip tgz".split(" "),
)

/** The last non-empty segment of the URL's path without its parameters, percent-decoded unless it is malformed. */
const fileNameOf = (fileUrl: string): string => {
  const path = URL.parse(fileUrl)?.pathname ?? ""
  const last = path.split("/").findLast((part) => part !== "") ?? ""
  const segment = last.replace(/;[^;=]*=[^]*$/, "")
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
 * The file's name as an identifier that needs no quotes: lower-case letters, digits, combining marks, and `_` for
 * everything else; `file` if nothing is left.
 */
const identifierOf = (fileName: string): string => {
  const words = withoutExtensions(fileName)
    .toLowerCase()
    .normalize("NFC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replaceAll(/[^\p{L}\p{M}\p{N}_]+/gu, "_")
    .replaceAll(/^_+|(?<!_)_+$/g, "")
  if (words === "") return "file"
  return /^(?:\p{N}|pg_|pg$)/u.test(words) || isReserved(words) ? `_${words}` : words
}

/** The last segment of the URL's path as an identifier. */
export const tableNameBase = (fileUrl: string): string => identifierOf(fileNameOf(fileUrl))

/**
 * A name for the table of a file: from the URL if it ends in a file name, otherwise from the name that the server gives
 * (`/export?format=csv` as `sales.csv`), or from the URL if it gives none.
 */
export const suggestedTableName = (fileUrl: string, served: string | null): TableName => {
  const inUrl = fileNameOf(fileUrl)
  const fileName = withoutExtensions(inUrl) === inUrl ? (served ?? inUrl) : inUrl
  return TableName.make(cutToBytes(identifierOf(fileName), maxNameBytes))
}

/** Digits of the seconds since 1970, until the year 2286. */
const epochDigits = 10

/**
 * What comes before and after the time in the n-th name to try for the table of a file: `tripsdata_1589788983`, then
 * `tripsdata_1589788983_2`, `_3`… The part before it is cut so that the name has at most 63 bytes.
 *
 * @param n from 1
 */
export const tableNameParts = (
  fileUrl: string,
  n: number,
): { readonly before: string; readonly after: string } => {
  const after = n === 1 ? "" : `_${n}`
  const space = maxNameBytes - 1 - epochDigits - after.length
  const base = cutToBytes(tableNameBase(fileUrl), space).replace(/(?<!_)_+$/, "")
  return { before: `${base}_`, after }
}
