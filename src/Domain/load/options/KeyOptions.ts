import * as Schema from "effect/Schema"
import { type Notation, parsedJson } from "./LoadOption.ts"

/** Limits of Postgres and of good sense: columns of one index (documentation, Appendix K), and indexes of a table. */
const maxKeyColumns = 32
const maxIndexes = 20

const ColumnName = Schema.String.check(
  Schema.makeFilter(
    (name: string) => (name !== "" && name.isWellFormed() && !name.includes("\0")) || "give names of columns",
  ),
)

/** Columns of a key in their order, by header cell or name in the table. */
export const KeyColumns = Schema.Array(ColumnName).check(
  Schema.isBetweenLength(1, maxKeyColumns, { message: `give 1 to ${maxKeyColumns} columns` }),
)
export const Indexes = Schema.Array(KeyColumns).check(
  Schema.isMaxLength(maxIndexes, { message: `give at most ${maxIndexes} indexes` }),
)

const readKey = (written: Schema.Json): Schema.Json => {
  if (typeof written !== "string") return written
  return written.startsWith("[") ? parsedJson(written) : written.split(",").map((name) => name.trim())
}

/** Names are separated by commas. A list is for names with commas. */
export const keyNotation: Notation = { read: readKey, alternative: { type: "string" } }

/** A form repeats the field for each index. */
export const indexNotation: Notation = {
  read: (written) => {
    const value = typeof written === "string" && written.startsWith("[") ? parsedJson(written) : written
    return [value].flat().map(readKey)
  },
  alternative: {
    anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
  },
  isList: true,
}
