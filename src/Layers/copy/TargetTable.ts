import type { Claim } from "../../Domain/Claim.ts"
import type { Column } from "../../Domain/Column.ts"
import { quoteIdentifier, quoteLiteral } from "../../Domain/SqlIdentifier.ts"
import type { TableName } from "../../Domain/TableName.ts"

/**
 * The table's name while the load runs. It is the attempt's own: an uncommitted table of a paused worker would
 * otherwise block every other attempt to create the same name.
 */
const nameWhileLoading = (claim: Claim): string => `sluice ${claim.jobId} ${claim.retryCount}`

const qualified = (schema: string, name: string): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`

/** Begins the load's transaction with its table: one statement list, one round trip. */
export const begin = (schema: string, claim: Claim, columns: ReadonlyArray<Column>): string => {
  const table = qualified(schema, nameWhileLoading(claim))
  const definitions = columns.map((column) => `${quoteIdentifier(column.name)} text`)
  const comments = columns.map(
    (column) =>
      `comment on column ${table}.${quoteIdentifier(column.name)} is ${quoteLiteral(column.header)}`,
  )
  return ["begin", `create table ${table} (${definitions.join(", ")})`, ...comments].join("; ")
}

/** Every column, in the file's order. */
export const copy = (schema: string, claim: Claim): string =>
  `copy ${qualified(schema, nameWhileLoading(claim))} from stdin with (format binary)`

/** Gives the loaded table its name, just before the commit that makes it visible. */
export const rename = (schema: string, claim: Claim, table: TableName): string =>
  `alter table ${qualified(schema, nameWhileLoading(claim))} rename to ${quoteIdentifier(table)}`
