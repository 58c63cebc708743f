import type { Preview } from "../../client/preview.ts"
import { parseJson } from "../../format/parseJson.ts"
import type { WrittenOptions } from "../../options/LoadForm.ts"

type PreviewColumn = Preview["columns"][number]

interface ColumnChange {
  readonly name?: string
  readonly type?: string
}

type Columns = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The option `columns` as an object; empty if it is no JSON object. */
export const columnsOf = ({ columns = "" }: WrittenOptions): Columns => {
  const value = parseJson(columns)
  return isObject(value) ? value : {}
}

const nameIn = (option: unknown): unknown =>
  typeof option === "string" ? option : isObject(option) ? option["name"] : undefined

/** By what the option names a column: its header cell, or if others have the same, the name without the option. */
const keyOf = (column: PreviewColumn, all: ReadonlyArray<PreviewColumn>, columns: Columns): string => {
  const named = Object.entries(columns).find(([, option]) => nameIn(option) === column.name)
  if (named !== undefined) return named[0]
  const isUnique = all.filter(({ header }) => header === column.header).length === 1
  return isUnique && column.header !== "" ? column.header : column.name
}

const asObject = (option: unknown): Record<string, unknown> =>
  typeof option === "string" ? { name: option } : isObject(option) ? option : {}

/** The type that the option gives to a column; `null` if it gives none. */
export const givenType = (
  column: PreviewColumn,
  all: ReadonlyArray<PreviewColumn>,
  options: WrittenOptions,
): string | null => {
  const columns = columnsOf(options)
  const type = asObject(columns[keyOf(column, all, columns)])["type"]
  return typeof type === "string" ? type : null
}

/** The options with another name or type of a column. An empty text removes it from the options. */
export const changeColumn = (
  column: PreviewColumn,
  all: ReadonlyArray<PreviewColumn>,
  options: WrittenOptions,
  change: ColumnChange,
): WrittenOptions => {
  const columns = columnsOf(options)
  const key = keyOf(column, all, columns)
  const merged = Object.entries({ ...asObject(columns[key]), ...change }).filter(([, value]) => value !== "")
  const { [key]: _, ...others } = columns
  const next = merged.length === 0 ? others : { ...others, [key]: Object.fromEntries(merged) }
  return { ...options, columns: Object.keys(next).length === 0 ? "" : JSON.stringify(next) }
}
