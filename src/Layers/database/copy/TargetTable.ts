import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Claim } from "../../../Domain/job/Claim.ts"
import type { Column } from "../../../Domain/load/Column.ts"
import { JobId } from "../../../Domain/job/Job.ts"
import { quoteIdentifier, quoteLiteral } from "../../../Domain/load/SqlIdentifier.ts"

/** Where tables of loads that use several connections are filled; no user reads it. */
export const stagingSchema = "sluice"

const stagingPrefix = "load "

/**
 * The table's name while it is filled. It is the attempt's own: an uncommitted table of a paused worker would
 * otherwise block every other attempt to create the same name.
 */
export const nameWhileLoading = (claim: Claim): string => `${stagingPrefix}${claim.jobId} ${claim.retryCount}`

/** The names of tables being filled, as a `like` pattern. */
export const stagingPattern = `${stagingPrefix}%`

const decodeClaim = Schema.decodeUnknownOption(
  Schema.Struct({ jobId: JobId, retryCount: Schema.NumberFromString.check(Schema.isInt()) }),
)

/** The claim of the attempt that fills, or filled, the table of this name. */
export const claimOf = (name: string): Option.Option<Claim> => {
  const [jobId, retryCount] = name.slice(stagingPrefix.length).split(" ")
  return decodeClaim({ jobId, retryCount })
}

export const qualified = (schema: string, name: string): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`

/** Creates a table of text columns, each with its header cell as comment. */
export const create = (table: string, columns: ReadonlyArray<Column>): string => {
  const definitions = columns.map((column) => `${quoteIdentifier(column.name)} text`)
  const comments = columns
    // Postgres stores no empty comment.
    .filter((column) => column.header !== "")
    .map(
      (column) =>
        `comment on column ${table}.${quoteIdentifier(column.name)} is ${quoteLiteral(column.header)}`,
    )
  return [`create table ${table} (${definitions.join(", ")})`, ...comments].join("; ")
}

/** Every column, in the file's order. */
export const copy = (table: string): string => `copy ${table} from stdin with (format binary)`
