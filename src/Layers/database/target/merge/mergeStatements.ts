import { knownType } from "../../../../Domain/load/columns/target/ExistingTable.ts"
import type { TypedColumn } from "../../../../Domain/load/columns/Column.ts"
import { quoteIdentifier, quoteLiteral } from "../../../../Domain/load/columns/SqlIdentifier.ts"

/** A column of the load, as SQL writes it. */
export interface MergedColumn {
  readonly name: string
  /** Its value in the staging table, with the type of the table's column. */
  readonly value: string
  /** The condition that the value in the table is another one than that of the load. */
  readonly differs: string
}

export const mergedColumns = (
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
      differs: `old.${name}${asText} is distinct from new.${name}${asText}`,
    }
  })

const listed = (columns: ReadonlyArray<MergedColumn>): string => columns.map(({ name }) => name).join(", ")

const valuesOf = (columns: ReadonlyArray<MergedColumn>): string =>
  columns.map(({ name, value }) => `${value} as ${name}`).join(", ")

/** Rows of the staging table, and how their columns are inserted. */
interface Staged {
  readonly columns: ReadonlyArray<MergedColumn>
  readonly hasIdentity: boolean
  readonly staging: string
}

const insertedColumns = ({ columns, hasIdentity }: Staged): string =>
  `(${listed(columns)})${hasIdentity ? " overriding system value" : ""}`

/** Inserts all rows of the staging table. */
export const insertion = (table: string, staged: Staged): string =>
  `insert into ${table} ${insertedColumns(staged)}
  select ${valuesOf(staged.columns)} from ${staged.staging}`

/** The rows of the staging table with the key of a row of the table. */
export interface KeyMatch {
  /** The table as FROM names it: without the tables that inherit from it. */
  readonly table: string
  readonly staging: string
  readonly key: ReadonlyArray<MergedColumn>
  /** The condition that the row `old` of the table and the row `new` of the load have the same key. */
  readonly hasSameKey: string
}

/**
 * Inserts rows, or updates those that have their key. Rows with the same values are not touched.
 *
 * @param others the columns that are not in the key
 */
export const upsertion = (
  { hasSameKey, table }: KeyMatch,
  others: ReadonlyArray<MergedColumn>,
  staged: Staged,
): string => {
  const update =
    others.length === 0
      ? ""
      : `when matched and (${others.map(({ differs }) => differs).join(" or ")})
        then update set ${others.map(({ name }) => `${name} = new.${name}`).join(", ")}`
  return `
    merge into ${table} as old using (select ${valuesOf(staged.columns)} from ${staged.staging}) as new on ${hasSameKey}
    ${update}
    when not matched then insert ${insertedColumns(staged)} values (${staged.columns.map(({ name }) => `new.${name}`).join(", ")})`
}

/**
 * Has many rows merged in the order of their keys, and few in that of the file: each page of the key's index, and of a table in that order, is
 * then visited once. A hash table that exceeds the memory would give them in several passes over all pages.
 */
export const inOrderOfKeys = (merge: string): string =>
  `set local enable_hashjoin = off; ${merge}; set local enable_hashjoin to default`

/** Counts the rows of the staging table whose key the table has. */
export const countOfKnown = ({ hasSameKey, key, staging, table }: KeyMatch): string => `
  select count(*)::float8 as known from (select ${valuesOf(key)} from ${staging}) as new
  where exists (select from ${table} as old where ${hasSameKey})`

/**
 * Counts the rows that the session has inserted into the table since its statistics were last sent, also in earlier transactions. Within a
 * transaction, none are sent.
 */
export const countOfInserted = (table: string): string => `
  select pg_stat_get_xact_tuples_inserted(${quoteLiteral(table)}::regclass)::float8 as counted,
    current_setting('track_counts')::boolean as counts`

/** Deletes the rows whose key the staging table does not have. */
export const deletionOfMissing = ({ hasSameKey, key, staging, table }: KeyMatch): string => `
  delete from ${table} as old where not exists (
    select from (select ${valuesOf(key)} from ${staging}) as new where ${hasSameKey}
  )`
