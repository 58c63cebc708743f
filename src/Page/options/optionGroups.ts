import { loadOptions, type LoadOption } from "virtual:load-options"

const titles = ["Table", "File format", "Columns and types", "Records that do not fit", "Source"] as const

const placed: Readonly<Record<string, (typeof titles)[number]>> = {
  schema: "Table",
  target: "Table",
  key: "Table",
  onDuplicateKey: "Table",
  deleteMissing: "Table",
  allowEmpty: "Table",
  onSchemaChange: "Table",
  primaryKey: "Table",
  index: "Table",
  types: "Columns and types",
  names: "Columns and types",
  columns: "Columns and types",
  otherColumns: "Columns and types",
  dateFormat: "Columns and types",
  decimal: "Columns and types",
  nullValues: "Columns and types",
  onBadRow: "Records that do not fit",
  maxBadRows: "Records that do not fit",
  headers: "Source",
  timeout: "Source",
  zipEntry: "Source",
  callbackUrl: "Source",
  priority: "Source",
}

/** Options that stand outside of the groups, because most loads need them. */
export const mainOptions = ["mode", "tableName"] as const

/** Options about requests for the file, which an upload does not have. */
export const requestOptions: ReadonlyArray<string> = ["headers", "timeout"]

export const isMain = (name: string) => mainOptions.some((main) => main === name)

/** Options of a mode that needs a table. */
export const aboutTheTable: ReadonlyArray<string> = [
  "mode",
  "key",
  "onDuplicateKey",
  "deleteMissing",
  "allowEmpty",
  "onSchemaChange",
]

/** All other load options. One without a place is about the format of the file. */
export const optionGroups = titles.map((title) => ({
  title,
  options: loadOptions.filter(({ name }) => !isMain(name) && (placed[name] ?? "File format") === title),
}))

/** The option with this name. */
export const loadOption = (name: string): LoadOption => {
  const option = loadOptions.find((option) => option.name === name)
  if (option === undefined) throw new Error(`no load option is named ${name}`)
  return option
}
