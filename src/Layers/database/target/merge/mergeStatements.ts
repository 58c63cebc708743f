import { knownType } from "../../../../Domain/load/columns/target/ExistingTable.ts"
import type { TypedColumn } from "../../../../Domain/load/columns/Column.ts"
import { quoteIdentifier } from "../../../../Domain/load/columns/SqlIdentifier.ts"

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
      differs: `old.${name}${asText} is distinct from excluded.${name}${asText}`,
    }
  })

const listed = (columns: ReadonlyArray<MergedColumn>): string => columns.map(({ name }) => name).join(", ")

const valuesOf = (columns: ReadonlyArray<MergedColumn>): string =>
  columns.map(({ name, value }) => `${value} as ${name}`).join(", ")

/** Inserts all rows of the staging table. */
export const insertion = (
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
export const upsertion = (
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

/**
 * Counts the rows of the staging table whose key the table has.
 *
 * @param table as FROM names it: without the tables that inherit from it
 */
export const countOfKnown = (table: string, staging: string, key: ReadonlyArray<MergedColumn>): string => `
  select count(*)::float8 as known from (select ${valuesOf(key)} from ${staging}) as new
  where exists (select from ${table} as old where ${key.map(({ name }) => `new.${name} = old.${name}`).join(" and ")})`

/** Deletes the rows whose key the staging table does not have. */
export const deletionOfMissing = (
  table: string,
  staging: string,
  key: ReadonlyArray<MergedColumn>,
): string => `
  delete from ${table} as old where not exists (
    select from (select ${valuesOf(key)} from ${staging}) as new
    where ${key.map(({ name }) => `new.${name} = old.${name}`).join(" and ")}
  )`
