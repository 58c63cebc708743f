import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Claim } from "../../../Domain/job/Claim.ts"
import { JobId } from "../../../Domain/job/Job.ts"
import type { Column } from "../../../Domain/load/Column.ts"
import { quoteIdentifier, quoteLiteral } from "../../../Domain/load/SqlIdentifier.ts"

/** Loads that use several connections fill their table in this schema, which no user reads. */
export const stagingSchema = "sluice"

const prefix = "load "

/**
 * The name of the table that an attempt fills. Each attempt has its own name, because an uncommitted table of a paused
 * worker would block every other attempt to create a table with the same name.
 */
export const attemptTable = (claim: Claim): string => `${prefix}${claim.jobId} ${claim.retryCount}`

/** A `like` pattern for the names of attempt tables. */
export const attemptTablePattern = `${prefix}%`

const decodeClaim = Schema.decodeUnknownOption(
  Schema.Struct({ jobId: JobId, retryCount: Schema.NumberFromString.check(Schema.isInt()) }),
)

/** The claim of the attempt that a table belongs to; none if the name is not that of an attempt table. */
export const claimOf = (name: string): Option.Option<Claim> => {
  const [jobId, retryCount] = name.slice(prefix.length).split(" ")
  return decodeClaim({ jobId, retryCount })
}

export const qualified = (schema: string, name: string): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`

/** Statements that create a table of text columns, with each column's header cell as its comment. */
export const createTextTable = (table: string, columns: ReadonlyArray<Column>): string => {
  const definitions = columns.map((column) => `${quoteIdentifier(column.name)} text`)
  const comments = columns
    // Postgres does not store empty comments.
    .filter((column) => column.header !== "")
    .map(
      (column) =>
        `comment on column ${table}.${quoteIdentifier(column.name)} is ${quoteLiteral(column.header)}`,
    )
  return [`create table ${table} (${definitions.join(", ")})`, ...comments].join("; ")
}
