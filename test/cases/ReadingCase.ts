import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const Texts = Schema.Array(Schema.String)
const Rows = Schema.Array(Schema.Array(Schema.NullOr(Schema.String)))
const Counts = Schema.Array(Schema.Natural)

/** What a careful person expects of a file. Every field that is present has to hold. */
const Expected = Schema.Struct({
  /** The code of the error; without it the file has to be read. */
  error: Schema.optionalKey(Schema.String),
  /** Patterns that occur in the error's message, in any letter case. */
  messageHolds: Schema.optionalKey(Texts),
  /** The names of the table's columns. */
  columns: Schema.optionalKey(Texts),
  /** One of these lists of names. */
  columnsAny: Schema.optionalKey(Schema.Array(Texts)),
  /** One of these numbers of columns. */
  columnCount: Schema.optionalKey(Counts),
  /** Names that are among the header's cells, trimmed. */
  headerHolds: Schema.optionalKey(Texts),
  /** One of these numbers of rows. */
  rowCount: Schema.optionalKey(Counts),
  minRowCount: Schema.optionalKey(Schema.Natural),
  /** The first rows. */
  rows: Schema.optionalKey(Rows),
  /** Rows at any place. */
  rowsContain: Schema.optionalKey(Rows),
  /** Values that are among those of the first row. */
  firstRowHolds: Schema.optionalKey(Texts),
  maxRejects: Schema.optionalKey(Schema.Natural),
  /** Fewest rejects and repairs together. */
  minTraces: Schema.optionalKey(Schema.Natural),
  /** `utf-8` if omitted. */
  encoding: Schema.optionalKey(Schema.String),
  delimiter: Schema.optionalKey(Schema.String),
})
export type Expected = typeof Expected.Type

const ReadingCase = Schema.Struct({
  name: Schema.String,
  file: Schema.String,
  /** As in a request. */
  options: Schema.optionalKey(Schema.JsonObject),
  expect: Expected,
  /** Another outcome that is also right. */
  or: Schema.optionalKey(Expected),
})
type ReadingCase = typeof ReadingCase.Type

const folder = fileURLToPath(new URL(".", import.meta.url))
const parse = Schema.decodeUnknownSync(Schema.fromJsonString(ReadingCase))

/** Each kind of file is a folder with a table of cases, one in a line. */
export const kinds: ReadonlyArray<readonly [kind: string, cases: ReadonlyArray<ReadingCase>]> = readdirSync(
  folder,
  { withFileTypes: true },
)
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => [
    name,
    readFileSync(`${folder}${name}/cases.jsonl`, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => parse(line)),
  ])

export const fileOf = (kind: string, { file }: ReadingCase): Uint8Array =>
  readFileSync(`${folder}${kind}/${file}`)
