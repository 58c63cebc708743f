import * as Schema from "effect/Schema"
import { ColumnType } from "./ColumnType.ts"
import type { Notation } from "./LoadOption.ts"
import { NullValue } from "./NullValue.ts"
import { invalidName } from "./SqlIdentifier.ts"
import { maxColumns } from "./Column.ts"

const ColumnName = Schema.String.check(Schema.makeFilter((name: string) => invalidName(name) ?? true))

/** What a user wants of one column. */
export const ColumnOption = Schema.Struct({
  /** Its name in the table. */
  name: Schema.optionalKey(ColumnName),
  /** Its type. Every value must have it. */
  type: Schema.optionalKey(ColumnType),
  /** Texts that mean NULL in this column, quoted or not. */
  nullValues: Schema.optionalKey(Schema.Array(NullValue).check(Schema.isMaxLength(100))),
  /** The column is not loaded. */
  skip: Schema.optionalKey(Schema.Literal(true)),
})
export type ColumnOption = typeof ColumnOption.Type

/** Options by the header cell of the column, or by the name that it would have otherwise. */
export const ColumnOptions = Schema.Record(
  Schema.String.check(Schema.makeFilter((key: string) => key.isWellFormed() && !key.includes("\0"))),
  ColumnOption,
).check(Schema.isMaxProperties(maxColumns))
export type ColumnOptions = typeof ColumnOptions.Type

const isObject = (value: Schema.Json | undefined): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A text is a new name, and null skips the column. */
const readOption = (written: Schema.Json): Schema.Json => {
  if (typeof written === "string") return { name: written }
  if (written === null) return { skip: true }
  if (!isObject(written) || typeof written["nullValues"] !== "string") return written
  return { ...written, nullValues: [written["nullValues"]] }
}

const parsed = (text: string): Schema.Json => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A form has the JSON text. The order of the columns does not matter, so equal options are stored equally. */
export const columnsNotation: Notation = {
  read: (written) => {
    const value = typeof written === "string" ? parsed(written) : written
    if (!isObject(value)) return value
    const entries = Object.entries(value).map(([key, option]) => [key, readOption(option)] as const)
    return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)))
  },
  alternative: { type: "string", description: "The same object as JSON text, in a form." },
}
