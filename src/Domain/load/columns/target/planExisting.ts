import * as Result from "effect/Result"
import { type LoadError, loadError } from "../../LoadError.ts"
import type { LoadOptions } from "../../options/LoadOptions.ts"
import { defaultMode, defaultOnDuplicateKey } from "../../options/ModeOptions.ts"
import { type ExistingTable, knownType, limitOf } from "./ExistingTable.ts"
import { describeDifference, matchColumns, namesOf } from "./matchColumns.ts"
import type { PlannedColumn } from "../planColumns.ts"
import { planMergeKey } from "../planKeys.ts"
import type { TargetPlan } from "./TargetPlan.ts"
import { listed } from "../unknownColumn.ts"

const mismatch = (message: string): Result.Result<never, LoadError> =>
  Result.fail(loadError("schema_mismatch", message))

/**
 * How the columns of a file get into a table that exists.
 *
 * Fails with `schema_mismatch` if they cannot, with `columns_mismatch` if the file does not have the key, and with `table_unsuitable`
 * if the table has rules and the load has a key.
 */
export const planExisting = (
  columns: ReadonlyArray<PlannedColumn>,
  options: LoadOptions,
  table: ExistingTable,
): Result.Result<TargetPlan, LoadError> => {
  const { mode = defaultMode, onSchemaChange = "fail" } = options
  const matches = matchColumns(columns, table)
  const matched = new Set(matches.values())
  const extra = columns.filter((column) => !matches.has(column))
  const missing = table.columns.filter(
    (column) => !matched.has(column) && !column.isGenerated && !column.isNumbered,
  )
  if (onSchemaChange === "fail" && extra.length + missing.length > 0)
    return mismatch(describeDifference(table, extra, missing))
  const needed = missing.filter(({ hasDefault, notNull }) => notNull && !hasDefault)
  if (needed.length > 0)
    return mismatch(
      `The table ${JSON.stringify(table.name)} needs values in ${listed(namesOf(needed))}, which the file has not: they are NOT NULL and have no default.`,
    )
  const computed = [...matched].filter(({ isGenerated }) => isGenerated)
  if (computed.length > 0)
    return mismatch(
      `The database computes ${listed(namesOf(computed))} of the table ${JSON.stringify(table.name)}. Skip the columns of the file.`,
    )
  const named = columns.map((column) => ({ ...column, name: matches.get(column)?.name ?? column.name }))
  const given = planMergeKey(named, options)
  if (Result.isFailure(given)) return Result.fail(given.failure)
  const key = mode === "replace" ? (table.referencedKey ?? []) : given.success
  const loaded = columns.flatMap((column): ReadonlyArray<PlannedColumn> => {
    const existing = matches.get(column)
    if (existing === undefined) return onSchemaChange === "ignore" ? [] : [column]
    const limit = limitOf(existing.type)
    return [
      {
        ...column,
        ...(limit === undefined ? {} : { limit }),
        name: existing.name,
        type: knownType(existing.type) ?? "text",
        existingType: existing.type,
        notNull: existing.notNull || key.includes(existing.name),
      },
    ]
  })
  if (loaded.length === 0)
    return mismatch(
      `The file has no column of the table ${JSON.stringify(table.name)}: it has ${listed(namesOf(columns))}.`,
    )
  const retyped = columns.find((column) => {
    const existing = matches.get(column)
    const known = existing === undefined ? undefined : knownType(existing.type)
    return column.type !== null && known !== undefined && known !== column.type
  })
  if (retyped?.name === options.sourceColumn && retyped !== undefined)
    return mismatch(
      `The option sourceColumn needs a column of texts, but ${JSON.stringify(retyped.name)} of the table ${JSON.stringify(table.name)} has ${matches.get(retyped)!.type}. Give another name.`,
    )
  if (retyped !== undefined)
    return mismatch(
      `The option columns gives ${JSON.stringify(retyped.name)} the type ${retyped.type}, but the table ${JSON.stringify(table.name)} has ${matches.get(retyped)!.type}. The types of a table do not change: omit the type.`,
    )
  const unloaded = key.filter(
    (name) => !loaded.some((column) => column.name === name && column.existingType !== undefined),
  )
  if (unloaded.length > 0)
    return mismatch(
      mode === "upsert"
        ? `The key has ${listed(unloaded)}, which the table ${JSON.stringify(table.name)} does not have.`
        : `Rows of other tables refer to ${listed(key)} of the table ${JSON.stringify(table.name)}, so mode=replace keeps the rows whose key is in the file. The file does not have ${listed(unloaded)}.`,
    )
  const isUnique = table.keys.some(
    (other) => other.length === key.length && other.every((name) => key.includes(name)),
  )
  if (key.length > 0 && !isUnique)
    return mismatch(
      `The table ${JSON.stringify(table.name)} has no unique index on exactly ${listed(key)}, which the key needs. Create one: CREATE UNIQUE INDEX ON ${table.schema}.${table.name} (${key.join(", ")}).`,
    )
  if (key.length > 0 && table.hasRules)
    return Result.fail(
      loadError(
        "table_unsuitable",
        `The table ${JSON.stringify(table.name)} has rules, so Postgres cannot merge rows into it by a key. Replace the rules with triggers, or give mode=append.`,
      ),
    )
  const added = onSchemaChange === "add" ? namesOf(extra) : []
  return Result.succeed({
    columns: loaded,
    merge: {
      existing: table,
      replacesAll: mode === "replace" && key.length === 0,
      key,
      onDuplicateKey: mode === "upsert" ? (options.onDuplicateKey ?? defaultOnDuplicateKey) : "fail",
      deletesMissing: mode === "replace" ? key.length > 0 : (options.deleteMissing ?? false),
      mayEmpty: options.allowEmpty ?? false,
      refreshesViews: mode === "replace",
      added,
    },
    schemaChanges: {
      created: false,
      added,
      missing: namesOf(missing),
      ignored: onSchemaChange === "ignore" ? namesOf(extra) : [],
    },
  })
}
