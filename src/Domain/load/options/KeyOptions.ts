import * as Schema from "effect/Schema"
import { isStorable } from "./isStorable.ts"
import { type Notation, parsedJson } from "./LoadOption.ts"

/** Limits of Postgres and of good sense: columns of one index (documentation, Appendix K), and indexes of a table. */
export const maxKeyColumns = 32
export const maxIndexes = 20

const ColumnName = Schema.String.check(
  Schema.makeFilter((name: string) => (name !== "" && isStorable(name)) || "give names of columns"),
)

/** Columns of a key in their order, by header cell or name in the table. */
export const KeyColumns = Schema.Array(ColumnName).check(
  Schema.isBetweenLength(1, maxKeyColumns, { message: `give 1 to ${maxKeyColumns} columns` }),
)
export const Indexes = Schema.Array(KeyColumns).check(
  Schema.isMaxLength(maxIndexes, { message: `give at most ${maxIndexes} indexes` }),
)

const repeatedOf = (texts: ReadonlyArray<string>) => texts.find((text, n) => texts.indexOf(text) !== n)

/** What is given twice: a column of one key, or an index. */
export const repeatedKey = ({
  index = [],
  key = [],
  primaryKey = [],
}: {
  readonly key?: ReadonlyArray<string>
  readonly primaryKey?: ReadonlyArray<string>
  readonly index?: ReadonlyArray<ReadonlyArray<string>>
}): { readonly path: ReadonlyArray<string>; readonly issue: string } | undefined => {
  for (const [option, columns] of [
    ["key", key],
    ["primaryKey", primaryKey],
    ...index.map((each) => ["index", each] as const),
  ] as const) {
    const column = repeatedOf(columns)
    if (column !== undefined)
      return { path: [option], issue: `${option} names column ${JSON.stringify(column)} twice: give it once` }
  }
  const other = repeatedOf(index.map((columns) => JSON.stringify(columns)))
  return other === undefined
    ? undefined
    : { path: ["index"], issue: `index has the same index twice, ${other}: give it once` }
}

/** Refuses a column or an index that is given twice. */
export const keysDiffer = Schema.makeFilter(
  (options: Parameters<typeof repeatedKey>[0]) => repeatedKey(options) ?? true,
)

const readKey = (written: Schema.Json): Schema.Json => {
  if (typeof written !== "string") return written
  return written.startsWith("[") ? parsedJson(written) : written.split(",").map((name) => name.trim())
}

const isMeantAsJson = (text: string): boolean => text.startsWith("[")

/** Names are separated by commas. A list is for names with commas. */
export const keyNotation: Notation = { read: readKey, isMeantAsJson, alternative: { type: "string" } }

/** A form repeats the field for each index. */
export const indexNotation: Notation = {
  read: (written) => {
    const value = typeof written === "string" && written.startsWith("[") ? parsedJson(written) : written
    return [value].flat().map(readKey)
  },
  isMeantAsJson,
  alternative: {
    anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
  },
  isList: true,
}
