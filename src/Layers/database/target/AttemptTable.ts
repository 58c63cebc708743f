import type { Claim } from "../../../Domain/job/Claim.ts"
import type { TypedColumn } from "../../../Domain/load/columns/Column.ts"
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

/** The same name, in SQL over pg-boss's jobs. */
export const attemptTableSql = `'${attemptTablePrefix}' || id || ' ' || retry_count`

/** A regular expression for these names. */
export const attemptTablePattern = `^${attemptTablePrefix}[0-9a-f-]{36} [0-9]+$`

export const qualified = (schema: string, name: string): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`

/** The definitions of columns, as SQL writes them. */
export const definitionsOf = (
  columns: ReadonlyArray<Pick<TypedColumn, "name" | "type">>,
): ReadonlyArray<string> => columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`)

/**
 * Statements that create a table, with each column's header cell as its comment.
 *
 * @param others definitions of other columns
 */
export const createTable = (
  table: string,
  columns: ReadonlyArray<TypedColumn>,
  others: ReadonlyArray<string> = [],
): string => {
  const definitions = [...definitionsOf(columns), ...others]
  const comments = columns
    // Postgres does not store empty comments.
    .filter((column) => column.header !== "")
    .map(
      (column) =>
        `comment on column ${table}.${quoteIdentifier(column.name)} is ${quoteLiteral(column.header)}`,
    )
  return [`create table ${table} (${definitions.join(", ")})`, ...comments].join("; ")
}

/** The statement for the comment of a loaded table: where its rows are from. */
export const describeTable = (
  table: string,
  {
    jobId,
    rows,
    source,
  }: { readonly jobId: string; readonly rows: number; readonly source?: string | undefined },
): string => {
  const from = source === undefined ? "" : ` from ${source}`
  const text = `${rows} ${rows === 1 ? "row" : "rows"}${from}, loaded by Sluice at ${new Date().toISOString()}, job ${jobId}`
  return `comment on table ${table} is ${quoteLiteral(text)}`
}
