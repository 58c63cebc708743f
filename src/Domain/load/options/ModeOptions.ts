import * as Schema from "effect/Schema"
import { TargetName } from "../columns/target/TargetName.ts"
import { invalidName } from "../columns/SqlIdentifier.ts"
import { KeyColumns, keyNotation } from "./KeyOptions.ts"
import { asWritten, boolean, option } from "./LoadOption.ts"

/**
 * What a load does with its table.
 *
 * - `create`: makes a new table.
 * - `append`: adds the rows.
 * - `replace`: its rows take the place of all others.
 * - `upsert`: a row takes the place of the one with its key, or is added.
 *
 * All but `create` make the table if it does not exist, so that the first load and the next ones are the same request.
 */
export const LoadMode = Schema.Literals(["create", "append", "replace", "upsert"])
export type LoadMode = typeof LoadMode.Type

/** As before there were other modes. */
export const defaultMode: LoadMode = "create"

/** No row is left out unless the user says which of several is right. */
export const defaultOnDuplicateKey = "fail"

/** Options about the table that a load is for. */
export const ModeOptions = Schema.Struct({
  mode: option(LoadMode, asWritten, {
    meaning: "What the load does with its table.",
    details:
      "`create`: makes a new one. `append`: adds the rows. `replace`: its rows take the place of all others. `upsert`: a row takes the place of the one with its key, or is added. All but `create` need `tableName`, make the table if it does not exist, and match columns by name.",
    values: "create, append, replace or upsert",
    examples: ["append"],
    default: defaultMode,
  }),
  schema: option(
    Schema.String.check(Schema.makeFilter((name: string) => invalidName(name) ?? true)),
    asWritten,
    {
      meaning: "The table's schema, one of those that the operator allows (`TARGET_SCHEMAS`).",
      values: "the name of a schema",
      examples: ["sales"],
      ifOmitted: "`TARGET_SCHEMA`",
    },
  ),
  target: option(TargetName, asWritten, {
    meaning: "The database of the table, one of those that the operator has declared (`TARGET_DATABASES`).",
    details: "`default` is that of requests that give none.",
    values: "the name of a database: letters a-z, digits, _ and -",
    examples: ["warehouse"],
    ifOmitted: "`default`",
  }),
  key: option(
    KeyColumns,
    { ...keyNotation, isList: true },
    {
      meaning: "The columns by which `mode=upsert` finds the row that a record replaces.",
      details:
        "By header cell or name in the table, separated by commas, or in repeated fields. The table needs a unique index on exactly these columns; in a new table they are the primary key. A record with NULL in them is rejected.",
      values: "names of columns, separated by commas, or in JSON a list of names",
      examples: ["id", ["year", "Code, old"]],
      ifOmitted: "no key",
    },
  ),
  onDuplicateKey: option(Schema.Literals(["last", "first", "fail"]), asWritten, {
    meaning: "Which record counts if the file has several with one key.",
    details: "`fail`: none, the job fails (`duplicate_key`) and names the records.",
    values: "last, first or fail",
    examples: ["last"],
    default: defaultOnDuplicateKey,
  }),
  deleteMissing: option(Schema.Boolean, boolean, {
    meaning: "Whether `mode=upsert` deletes the rows whose key is not in the file.",
    details: "Then no record may be rejected, unless `maxBadRows` is given: its row would be deleted.",
    values: "true or false",
    examples: [true],
    default: false,
  }),
  allowEmpty: option(Schema.Boolean, boolean, {
    meaning:
      "Whether `mode=replace` or `deleteMissing` may delete all rows because the file has none to load.",
    details: "Otherwise the job fails (`no_rows`), unless the table is empty already.",
    values: "true or false",
    examples: [true],
    default: false,
  }),
  sourceColumn: option(
    Schema.String.check(Schema.makeFilter((name: string) => invalidName(name) ?? true)),
    asWritten,
    {
      meaning: "A further column that has the file of each row.",
      details:
        "Its value is the file's URL with secrets as `***`, as in `fileUrls` of the job. The file may have no column of this name.",
      values: "the name of a column",
      examples: ["loaded_from"],
      ifOmitted: "no such column",
    },
  ),
  onSchemaChange: option(Schema.Literals(["fail", "add", "ignore"]), asWritten, {
    meaning: "What to do if the columns of the file and of the table differ.",
    details:
      "`fail`: the job fails (`schema_mismatch`). `add`: the table gets the file's other columns. `ignore`: they are not loaded. With both, columns that the file lacks get their default or NULL. No column is dropped, and no type changes.",
    values: "fail, add or ignore",
    examples: ["add"],
    default: "fail",
  }),
})
export type ModeOptions = typeof ModeOptions.Type

interface AboutTable extends ModeOptions {
  readonly tableName?: string
  readonly primaryKey?: ReadonlyArray<string>
}

const misfitOf = (options: AboutTable): readonly [keyof AboutTable, string] | null => {
  const { mode = defaultMode } = options
  if (mode === "create") {
    if (options.onSchemaChange !== undefined)
      return ["onSchemaChange", "is about a table that exists: give mode=append, replace or upsert"]
  } else if (options.tableName === undefined)
    return ["tableName", `is missing: mode=${mode} needs the name of the table`]
  if (options.allowEmpty !== undefined && mode !== "replace" && options.deleteMissing !== true)
    return ["allowEmpty", "is for mode=replace and deleteMissing=true"]
  if (mode === "upsert") {
    if (options.key === undefined) return ["key", "is missing: mode=upsert needs the columns of the key"]
    if (options.primaryKey !== undefined) return ["primaryKey", "is the key of mode=upsert already: omit it"]
    return null
  }
  const onlyUpsert = (["key", "onDuplicateKey", "deleteMissing"] as const).find(
    (name) => options[name] !== undefined,
  )
  if (onlyUpsert === undefined) return null
  return [
    onlyUpsert,
    onlyUpsert === "key" ? "is for mode=upsert: a new table has primaryKey" : "is for mode=upsert",
  ]
}

/** A source keeps a table as its file is. */
export const defaultSourceMode: LoadMode = "replace"

/** `modeFits` for the loads of a source, each of which but the first has a table. */
export const sourceModeFits = Schema.makeFilter((options: AboutTable) => {
  const { mode = defaultSourceMode } = options
  const misfit =
    mode === "create"
      ? ([
          "mode",
          "must be replace, append or upsert: a source loads into one table again and again",
        ] as const)
      : misfitOf({ ...options, mode })
  return misfit === null ? true : { path: [misfit[0]], issue: `${misfit[0]} ${misfit[1]}` }
})

/** Refuses options that make no sense together. For requests: a job's record has the table's name elsewhere. */
export const modeFits = Schema.makeFilter((options: AboutTable) => {
  const misfit = misfitOf(options)
  return misfit === null ? true : { path: [misfit[0]], issue: `${misfit[0]} ${misfit[1]}` }
})
