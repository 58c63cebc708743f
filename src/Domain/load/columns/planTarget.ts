import * as Arr from "effect/Array"
import * as Result from "effect/Result"
import { type LoadError, loadError } from "../LoadError.ts"
import { defaultMode, defaultOnDuplicateKey } from "../options/ModeOptions.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import { mostSimilar } from "../options/mostSimilar.ts"
import type { SchemaChanges } from "../SchemaChanges.ts"
import { type ExistingTable, knownType, type TableColumn } from "./ExistingTable.ts"
import type { PlannedColumn } from "./planColumns.ts"
import { listed } from "./unknownColumn.ts"
import { columnOfKey } from "./planKeys.ts"

/** How rows get into a table that may have rows already. */
export interface Merge {
  /** Absent: the load makes the table. */
  readonly existing?: ExistingTable
  /** All rows of the table are deleted, and not only those with the key of a new one. */
  readonly replacesAll: boolean
  /** Names of the columns by which rows are updated; empty: all rows are inserted. */
  readonly key: ReadonlyArray<string>
  readonly onDuplicateKey: "last" | "first" | "fail"
  /** Rows whose key the file does not have are deleted. */
  readonly deletesMissing: boolean
  /** Materialized views on the table get the new rows, because the others are gone. */
  readonly refreshesViews: boolean
  /** Columns that the table gets. */
  readonly added: ReadonlyArray<string>
}

/** What a load does to its table. */
export interface TargetPlan {
  /** The columns that are loaded, in the file's order, with their names in the table. */
  readonly columns: ReadonlyArray<PlannedColumn>
  /** `null`: the rows make a new table as they are. */
  readonly merge: Merge | null
  readonly schemaChanges: SchemaChanges
}

const names = (columns: ReadonlyArray<{ readonly name: string }>): ReadonlyArray<string> =>
  columns.map(({ name }) => name)

const mismatch = (message: string): Result.Result<never, LoadError> =>
  Result.fail(loadError("schema_mismatch", message))

/**
 * The table's column for each of the file's: the one with its name, else the one that had its header cell, which a table that
 * Sluice made has as the column's comment or name, else the one that is named as the trimmed cell.
 */
const matchesOf = (
  columns: ReadonlyArray<PlannedColumn>,
  table: ExistingTable,
): ReadonlyMap<PlannedColumn, TableColumn> => {
  const matches = new Map<PlannedColumn, TableColumn>()
  const free = new Set(table.columns)
  const take = (find: (column: PlannedColumn) => TableColumn | undefined) => {
    for (const column of columns) {
      const found = matches.has(column) ? undefined : find(column)
      if (found === undefined || !free.delete(found)) continue
      matches.set(column, found)
    }
  }
  const named = new Map(table.columns.map((column) => [column.name, column]))
  const byHeader = Map.groupBy(table.columns, ({ comment, name }) => comment ?? name)
  take(({ name }) => named.get(name))
  take(({ header }) => byHeader.get(header)?.find((column) => free.has(column)))
  take(({ header }) => named.get(header.trim()))
  return matches
}

/** Names both sides, and what to do. */
const difference = (
  table: ExistingTable,
  extra: ReadonlyArray<PlannedColumn>,
  missing: ReadonlyArray<TableColumn>,
): string => {
  const has = [
    ...(extra.length > 0 ? [`the file has ${listed(names(extra))}, which the table has not`] : []),
    ...(missing.length > 0 ? [`the table has ${listed(names(missing))}, which the file has not`] : []),
  ]
  const similar = extra.flatMap(({ header, name }) => {
    const other = mostSimilar(
      name,
      missing.map((column) => column.name),
    )
    return other === undefined ? [] : [[header, other] as const]
  })
  const hint =
    similar.length === 0
      ? "Rename or skip columns of the file with columns"
      : `Rename columns of the file, such as columns=${JSON.stringify(Object.fromEntries(similar.slice(0, 3)))}`
  return `The columns of the file and of the table ${JSON.stringify(table.name)} differ: ${has.join("; ")}. ${hint}, or give onSchemaChange=add or ignore.`
}

/** The plan for a table that exists. */
const planExisting = (
  columns: ReadonlyArray<PlannedColumn>,
  options: LoadOptions,
  table: ExistingTable,
): Result.Result<TargetPlan, LoadError> => {
  const { key: keyOption = [], mode = defaultMode, onSchemaChange = "fail" } = options
  const matches = matchesOf(columns, table)
  const matched = new Set(matches.values())
  const extra = columns.filter((column) => !matches.has(column))
  const missing = table.columns.filter(
    (column) => !matched.has(column) && !column.isGenerated && !column.isNumbered,
  )
  if (onSchemaChange === "fail" && extra.length + missing.length > 0)
    return mismatch(difference(table, extra, missing))
  const needed = missing.filter(({ hasDefault, notNull }) => notNull && !hasDefault)
  if (needed.length > 0)
    return mismatch(
      `The table ${JSON.stringify(table.name)} needs values in ${listed(names(needed))}, which the file has not: they are NOT NULL and have no default.`,
    )
  const computed = [...matched].filter(({ isGenerated }) => isGenerated)
  if (computed.length > 0)
    return mismatch(
      `The database computes ${listed(names(computed))} of the table ${JSON.stringify(table.name)}. Skip the columns of the file.`,
    )
  const named = columns.map((column) => ({ ...column, name: matches.get(column)?.name ?? column.name }))
  const wanted = mode === "upsert" ? keyOption.map((key) => columnOfKey(named, key)?.name ?? key) : null
  const key = Arr.dedupe(wanted ?? (mode === "replace" ? (table.referencedKey ?? []) : []))
  const loaded = columns.flatMap((column): ReadonlyArray<PlannedColumn> => {
    const existing = matches.get(column)
    if (existing === undefined) return onSchemaChange === "ignore" ? [] : [column]
    return [
      {
        ...column,
        name: existing.name,
        type: knownType(existing.type) ?? "text",
        existingType: existing.type,
        notNull: existing.notNull || key.includes(existing.name),
      },
    ]
  })
  if (loaded.length === 0)
    return mismatch(
      `The file has no column of the table ${JSON.stringify(table.name)}: it has ${listed(names(columns))}.`,
    )
  const retyped = columns.find((column) => {
    const existing = matches.get(column)
    const known = existing === undefined ? undefined : knownType(existing.type)
    return column.type !== null && known !== undefined && known !== column.type
  })
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
        ? `The key has ${listed(unloaded)}, which the file or the table ${JSON.stringify(table.name)} does not have.`
        : `Rows of other tables refer to ${listed(key)} of the table ${JSON.stringify(table.name)}, so mode=replace keeps the rows whose key is in the file. The file does not have ${listed(unloaded)}.`,
    )
  const isUnique = table.keys.some(
    (other) => other.length === key.length && other.every((name) => key.includes(name)),
  )
  if (key.length > 0 && !isUnique)
    return mismatch(
      `The table ${JSON.stringify(table.name)} has no unique index on exactly ${listed(key)}, which the key needs. Create one: CREATE UNIQUE INDEX ON ${table.schema}.${table.name} (${key.join(", ")}).`,
    )
  const added = onSchemaChange === "add" ? names(extra) : []
  return Result.succeed({
    columns: loaded,
    merge: {
      existing: table,
      replacesAll: mode === "replace" && key.length === 0,
      key,
      onDuplicateKey: mode === "upsert" ? (options.onDuplicateKey ?? defaultOnDuplicateKey) : "fail",
      deletesMissing: mode === "replace" ? key.length > 0 : (options.deleteMissing ?? false),
      refreshesViews: mode === "replace",
      added,
    },
    schemaChanges: {
      created: false,
      added,
      missing: names(missing),
      ignored: onSchemaChange === "ignore" ? names(extra) : [],
    },
  })
}

const created: SchemaChanges = { created: true, added: [], missing: [], ignored: [] }

/**
 * How the columns of a file get into the table of the options.
 *
 * Fails with `schema_mismatch` if they cannot.
 *
 * @param existing `null`: the table does not exist
 */
export const planTarget = (
  columns: ReadonlyArray<PlannedColumn>,
  options: LoadOptions,
  existing: ExistingTable | null,
): Result.Result<TargetPlan, LoadError> => {
  const { key = [], mode = defaultMode } = options
  if (existing !== null) return planExisting(columns, options, existing)
  if (mode !== "upsert") return Result.succeed({ columns, merge: null, schemaChanges: created })
  const names = Arr.dedupe(key.map((name) => columnOfKey(columns, name)?.name ?? name))
  const unknown = names.find((name) => !columns.some((column) => column.name === name))
  if (unknown !== undefined)
    return mismatch(`The key has ${JSON.stringify(unknown)}, which the file does not have.`)
  return Result.succeed({
    columns: columns.map((column) => (names.includes(column.name) ? { ...column, notNull: true } : column)),
    merge: {
      replacesAll: false,
      key: names,
      onDuplicateKey: options.onDuplicateKey ?? defaultOnDuplicateKey,
      deletesMissing: false,
      refreshesViews: false,
      added: [],
    },
    schemaChanges: created,
  })
}
