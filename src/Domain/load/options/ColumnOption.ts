import * as Schema from "effect/Schema"
import { ColumnType, columnTypes } from "../columns/ColumnType.ts"
import { type Notation, parsedJson, readTexts } from "./LoadOption.ts"
import { NullValue } from "./NullValue.ts"
import { invalidName } from "../columns/SqlIdentifier.ts"
import { maxColumns } from "../columns/Column.ts"
import { isStorable } from "./isStorable.ts"

const ColumnName = Schema.String.check(Schema.makeFilter((name: string) => invalidName(name) ?? true))

/** Refuses options about a column that is not loaded. */
const skipsAlone = Schema.makeFilter(({ skip, ...others }: Readonly<Record<string, unknown>>) => {
  const [other] = Object.keys(others)
  if (skip === undefined || other === undefined) return true
  return { path: [other], issue: `${other} is about a column that is loaded: omit it, or omit skip` }
})

/** What a user wants of one column. */
export const ColumnOption = Schema.Struct({
  /** Its name in the table. */
  name: Schema.optionalKey(ColumnName),
  /** Its type. A record whose value does not have it cannot become a row. */
  type: Schema.optionalKey(ColumnType.annotate({ mustBe: `one of ${columnTypes.join(", ")}` })),
  /** Texts that mean NULL in this column, quoted or not. */
  nullValues: Schema.optionalKey(
    Schema.Array(NullValue.annotate({ mustBe: "a text, or a list of texts" })).check(
      Schema.isMaxLength(100, { message: "give at most 100 texts" }),
    ),
  ),
  /** The column is not loaded. */
  skip: Schema.optionalKey(Schema.Literal(true)),
})
  .check(skipsAlone)
  .annotate({ mustBe: "a name, null, or {name, type, nullValues, skip}" })
export type ColumnOption = typeof ColumnOption.Type

/** Options by the header cell of the column, or by the name that it would have otherwise. */
export const ColumnOptions = Schema.Record(
  Schema.String.check(Schema.makeFilter((key: string) => isStorable(key))),
  ColumnOption,
).check(Schema.isMaxProperties(maxColumns))
export type ColumnOptions = typeof ColumnOptions.Type

/** Whether the user gave the type of a column, which its values may not have. */
export const givesTypes = ({ columns = {} }: { readonly columns?: ColumnOptions }): boolean =>
  Object.values(columns).some(({ type }) => type !== undefined && type !== "text")

/** Refuses options about the notation of values that have no type. */
export const notationsHaveTypes = Schema.makeFilter(
  (options: {
    readonly columns?: ColumnOptions
    readonly mode?: string
    readonly types?: string
    readonly dateFormat?: string
    readonly decimal?: string
  }) => {
    // A table that exists has typed columns.
    const mayExist = options.mode !== undefined && options.mode !== "create"
    if (options.types === "lenient" || givesTypes(options) || mayExist) return true
    const untyped = (["dateFormat", "decimal"] as const).find((name) => options[name] !== undefined)
    if (untyped === undefined) return true
    return {
      path: [untyped],
      issue: `${untyped} is about typed values: give types=lenient, or a type in columns`,
    }
  },
)

const isObject = (value: Schema.Json | undefined): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A text is a new name, and null skips the column. */
const readOption = (written: Schema.Json): Schema.Json => {
  if (typeof written === "string") return { name: written }
  if (written === null) return { skip: true }
  if (!isObject(written) || written["nullValues"] === undefined) return written
  return { ...written, nullValues: readTexts(written["nullValues"]) }
}

/** A form has the JSON text. The order of the columns does not matter, so equal options are stored equally. */
export const columnsNotation: Notation = {
  read: (written) => {
    const value = typeof written === "string" ? parsedJson(written) : written
    if (!isObject(value)) return value
    const entries = Object.entries(value).map(([key, option]) => [key, readOption(option)] as const)
    return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)))
  },
  isMeantAsJson: (text) => /^\s*[{[]/.test(text),
  alternative: { type: "string", description: "The same object as JSON text, in a form." },
}
