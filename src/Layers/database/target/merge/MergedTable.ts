import * as Effect from "effect/Effect"
import type { MergedLoad } from "../../../../Domain/job/CopySink.ts"
import type { ColumnChange } from "../../../../Domain/load/columns/ColumnChange.ts"
import { knownType, type ExistingTable } from "../../../../Domain/load/columns/ExistingTable.ts"
import { typed, type TypedColumn } from "../../../../Domain/load/columns/Column.ts"
import { quoteIdentifier } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { onlyInserted, type RowChanges } from "../../../../Domain/load/SchemaChanges.ts"
import type { LoadSession } from "../../session/LoadSession.ts"
import { analyzeTable } from "../analyzeTable.ts"
import { definitionsOf, headerComments, qualified } from "../AttemptTable.ts"
import { dropDuplicates } from "./dropDuplicates.ts"
import { lockTable, orBusy } from "./lockTable.ts"
import { recordColumn } from "./recordColumn.ts"
import { refreshViews } from "./refreshViews.ts"
import { retypeColumns } from "../retypeColumns.ts"
import type { PreparedTable, TargetTable } from "../TargetTable.ts"
import { violated } from "./violated.ts"

/** A column of the load, as SQL writes it. */
interface MergedColumn {
  readonly name: string
  /** Its value in the staging table, with the type of the table's column. */
  readonly value: string
  /** The condition that the value in the table is another one than that of the load. */
  readonly differs: string
}

const mergedColumns = (
  columns: ReadonlyArray<TypedColumn>,
  types: ReadonlyArray<string | null>,
): ReadonlyArray<MergedColumn> =>
  columns.map((column, index) => {
    const name = quoteIdentifier(column.name)
    const type = types[index] ?? null
    // Not every type can be compared, but every value has a text.
    const asText = type === null || knownType(type) !== undefined ? "" : "::text"
    return {
      name,
      value: type === null || type === column.type ? name : `${name}::${type}`,
      differs: `old.${name}${asText} is distinct from excluded.${name}${asText}`,
    }
  })

const listed = (columns: ReadonlyArray<MergedColumn>): string => columns.map(({ name }) => name).join(", ")

const valuesOf = (columns: ReadonlyArray<MergedColumn>): string =>
  columns.map(({ name, value }) => `${value} as ${name}`).join(", ")

/** Inserts all rows of the staging table. */
const insertion = (
  table: string,
  {
    columns,
    hasIdentity,
    staging,
  }: {
    readonly columns: ReadonlyArray<MergedColumn>
    readonly hasIdentity: boolean
    readonly staging: string
  },
): string =>
  `insert into ${table} (${listed(columns)})${hasIdentity ? " overriding system value" : ""}
  select ${valuesOf(columns)} from ${staging}`

/**
 * Inserts rows, or updates those that have their key. Rows with the same values are not touched.
 *
 * @param isNew SQL of whether a row of the table was inserted
 */
const upsertion = (
  insert: string,
  key: ReadonlyArray<MergedColumn>,
  others: ReadonlyArray<MergedColumn>,
  isNew: string,
): string => {
  const action =
    others.length === 0
      ? "do nothing"
      : `do update set ${others.map(({ name }) => `${name} = excluded.${name}`).join(", ")}
        where ${others.map(({ differs }) => differs).join(" or ")}`
  return `
    with merged as (
      ${insert} on conflict (${listed(key)}) ${action} returning ${isNew} as is_new
    )
    select count(*) filter (where is_new)::float8 as inserted, count(*)::float8 as touched from merged`
}

/** Counts the rows of the staging table whose key the table has. */
const countOfKnown = (table: string, staging: string, key: ReadonlyArray<MergedColumn>): string => `
  select count(*)::float8 as known from (select ${valuesOf(key)} from ${staging}) as new
  where exists (select from ${table} as old where ${key.map(({ name }) => `new.${name} = old.${name}`).join(" and ")})`

/** Deletes the rows whose key the staging table does not have. */
const deletionOfMissing = (table: string, staging: string, key: ReadonlyArray<MergedColumn>): string => `
  delete from ${table} as old where not exists (
    select from (select ${valuesOf(key)} from ${staging}) as new
    where ${key.map(({ name }) => `new.${name} = old.${name}`).join(" and ")}
  )`

/** Statements that add the file's other columns to the table. */
const addition = (table: string, added: ReadonlyArray<TypedColumn>): string =>
  [
    `alter table ${table} ${definitionsOf(added)
      .map((definition) => `add column ${definition}`)
      .join(", ")}`,
    ...headerComments(table, added),
  ].join("; ")

const settingsOf = ({ hasTriggers, schema }: ExistingTable): string =>
  [
    // A policy must not hide rows from the load: it fails instead.
    "set local row_security = off",
    // Functions of triggers often name the tables beside their own without a schema.
    ...(hasTriggers ? [`set local search_path = pg_catalog, ${quoteIdentifier(schema)}`] : []),
  ].join("; ")

const merging = Effect.fn("CopySink.merge")(function* (
  session: LoadSession,
  { existing, key: keyNames, deletesMissing, replacesAll }: MergedLoad & { readonly existing: ExistingTable },
  staged: {
    readonly table: string
    readonly columns: ReadonlyArray<MergedColumn>
    readonly rows: number
    readonly duplicates: number
  },
) {
  const table = qualified(existing.schema, existing.name)
  const { columns, duplicates, rows } = staged
  const identities = new Set(
    existing.columns.flatMap((column) => (column.isIdentity ? [quoteIdentifier(column.name)] : [])),
  )
  const hasIdentity = columns.some(({ name }) => identities.has(name))
  const insert = (into: string) => insertion(into, { columns, hasIdentity, staging: staged.table })
  const keyOf = new Set(keyNames.map(quoteIdentifier))
  const key = columns.filter(({ name }) => keyOf.has(name))
  const count = (statement: string) => Effect.map(session.run(statement), ([changed]) => changed ?? 0)
  if (key.length === 0) {
    const deleted = replacesAll ? yield* count(`delete from ${table}`) : 0
    const inserted = yield* count(insert(table))
    return { ...onlyInserted(inserted), deleted } satisfies RowChanges
  }
  const deleted = deletesMissing ? yield* count(deletionOfMissing(table, staged.table, key)) : 0
  const others = columns.filter(({ name }) => !keyOf.has(name))
  const select = (text: string) => Effect.map(session.select({ text, parameters: [] }), ([row]) => row ?? {})
  const distinct = rows - duplicates
  // Postgres sets `xmax` in rows that it has updated, but a partitioned table has no system columns.
  const known = existing.isPartitioned
    ? Number((yield* select(countOfKnown(table, staged.table, key)))["known"])
    : null
  const isNew = known === null ? "xmax = 0" : "false"
  const merged = yield* select(upsertion(insert(`${table} as old`), key, others, isNew))
  const inserted = known === null ? Number(merged["inserted"]) : distinct - known
  const updated = Number(merged["touched"]) - inserted
  return { inserted, updated, unchanged: distinct - inserted - updated, deleted, duplicates }
})

/**
 * Loads into a table that exists. COPY fills an unlogged staging table, which nobody else sees, and one short part of the
 * settling transaction merges it into the user's.
 */
export const mergedTable = (merge: MergedLoad & { readonly existing: ExistingTable }): TargetTable => ({
  prepare: (session, { columns }, copyInto) => {
    const { existing, existingTypes } = merge
    const table = qualified(existing.schema, existing.name)
    const record = recordColumn(columns)
    const numbersRows = merge.key.length > 0
    let current = columns
    const retype: PreparedTable["retype"] = (changes) =>
      Effect.map(retypeColumns(session, copyInto, current, changes), (retyped) => {
        current = retyped
      })
    const convert = Effect.fnUntraced(
      function* (changes: ReadonlyArray<ColumnChange>, rows: number) {
        yield* retype(changes)
        const merged = mergedColumns(current, existingTypes)
        const added = current.filter((_, index) => existingTypes[index] === null)
        const values = new Map(current.map(({ name }, index) => [name, merged[index]!.value]))
        const keys = new Map(merge.key.map((name) => [name, values.get(name)!]))
        const duplicates =
          keys.size === 0 ? 0 : yield* dropDuplicates(session, copyInto, keys, record, merge.onDuplicateKey)
        yield* session.run(settingsOf(existing))
        const isShared = !merge.replacesAll && keys.size === 0
        yield* lockTable(
          session,
          table,
          added.length > 0 ? "access exclusive" : isShared ? "row exclusive" : "share row exclusive",
        )
        if (added.length > 0) yield* session.run(addition(table, added))
        const staged = { table: copyInto, columns: merged, rows, duplicates }
        const rowChanges = yield* merging(session, merge, staged)
        // Otherwise the commit would find what deferred constraints do not allow.
        yield* session.run("set constraints all immediate")
        const warnings = merge.refreshesViews ? yield* refreshViews(session, table) : []
        const analysis = merge.refreshesViews ? analyzeTable(table, columns.length, rows) : []
        if (analysis.length > 0) yield* session.run(analysis.join("; "))
        return {
          columns: typed(
            current,
            current.map(({ type }, index) => existingTypes[index] ?? type),
          ),
          changes: rowChanges,
          warnings,
        }
      },
      Effect.mapError(violated),
      orBusy(table),
    )
    const others = numbersRows ? [`${quoteIdentifier(record)} bigint`] : []
    return {
      create: `create unlogged table ${copyInto} (${[...definitionsOf(columns), ...others].join(", ")})`,
      numbersRows,
      retype,
      convert,
      publish: () => `drop table ${copyInto}`,
    }
  },
})
