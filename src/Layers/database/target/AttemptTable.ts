import type { Claim } from "../../../Domain/job/Claim.ts"
import type { Column, TypedColumn } from "../../../Domain/load/columns/Column.ts"
import { attemptTablePrefix } from "../postgres/attemptTablePrefix.ts"
import { quoteIdentifier, quoteLiteral } from "../../../Domain/load/columns/SqlIdentifier.ts"

/** Loads that use several connections fill their table in this schema, which no user reads. */
export const stagingSchema = "sluice"

/**
 * The name of the table that an attempt fills. Each attempt has its own name, because an uncommitted table of a paused
 * worker would block every other attempt to create a table with the same name.
 */
export const attemptTable = (claim: Claim): string =>
  `${attemptTablePrefix}${claim.jobId} ${claim.retryCount}`

/** The same name, in SQL of its parts. */
export const attemptTableSql = (jobId: string, retryCount: string): string =>
  `'${attemptTablePrefix}' || ${jobId} || ' ' || ${retryCount}`

/** A regular expression for these names. */
export const attemptTablePattern = `^${attemptTablePrefix}[0-9a-f-]{36} [0-9]+$`

export const qualified = (schema: string, name: string): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`

/** The definitions of columns, as SQL writes them. */
export const definitionsOf = (
  columns: ReadonlyArray<Pick<TypedColumn, "name" | "type">>,
): ReadonlyArray<string> => columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`)

/** Statements that give columns their header cells as comments, where these differ from the names. */
export const headerComments = (table: string, columns: ReadonlyArray<Column>): ReadonlyArray<string> =>
  columns
    // Postgres does not store empty comments.
    .filter(({ header, name }) => header !== "" && header !== name)
    .map(
      ({ header, name }) => `comment on column ${table}.${quoteIdentifier(name)} is ${quoteLiteral(header)}`,
    )

/**
 * Statements that create a table, with its columns' comments.
 *
 * @param others definitions of other columns
 */
export const createTable = (
  table: string,
  columns: ReadonlyArray<TypedColumn>,
  others: ReadonlyArray<string> = [],
): string => {
  const definitions = [...definitionsOf(columns), ...others]
  return [`create table ${table} (${definitions.join(", ")})`, ...headerComments(table, columns)].join("; ")
}
