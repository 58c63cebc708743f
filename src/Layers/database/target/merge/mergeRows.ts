import * as Effect from "effect/Effect"
import type { MergeIntoExisting } from "../../../../Domain/job/CopySink.ts"
import { quoteIdentifier } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { loadError } from "../../../../Domain/load/LoadError.ts"
import { onlyInserted, type RowChanges } from "../../../../Domain/load/SchemaChanges.ts"
import type { LoadSession } from "../../session/LoadSession.ts"
import { qualified } from "../AttemptTable.ts"
import type { KeyPart } from "./keyOperators.ts"
import {
  countOfInserted,
  countOfKnown,
  deletionOfMissing,
  insertion,
  inOrderOfKeys,
  type MergedColumn,
  upsertion,
} from "./mergeStatements.ts"

interface StagedRows {
  readonly table: string
  readonly columns: ReadonlyArray<MergedColumn>
  readonly rows: number
  /** Rows that are left out, because another one has their key. */
  readonly duplicates: number
  /** How the columns of the key are compared. */
  readonly operators: ReadonlyMap<string, KeyPart>
}

/** Merges the rows of the staging table into the user's, which is locked. Returns what that did to its rows. */
export const mergeRows = Effect.fn("CopySink.merge")(function* (
  session: LoadSession,
  { deletesMissing, existing, key: keyNames, mayEmpty, replacesAll }: MergeIntoExisting,
  { columns, duplicates, operators, rows, table: staging }: StagedRows,
) {
  const table = qualified(existing.schema, existing.name)
  // A partitioned table has its rows in others, and a table that others inherit from does not own theirs.
  const own = existing.isPartitioned ? table : `only ${table}`
  const identities = new Set(
    existing.columns.flatMap((column) => (column.isIdentity ? [quoteIdentifier(column.name)] : [])),
  )
  const hasIdentity = columns.some(({ name }) => identities.has(name))
  const staged = { columns, hasIdentity, staging }
  const count = (statements: string) =>
    Effect.map(session.run(statements), (counts) => counts.reduce<number>((sum, n) => sum + (n ?? 0), 0))
  const select = (text: string) => Effect.map(session.select({ text, parameters: [] }), ([row]) => row ?? {})
  if (rows === 0 && (replacesAll || deletesMissing) && !mayEmpty) {
    const { found } = yield* select(`select exists (select from ${own}) as found`)
    if (found === true)
      return yield* loadError(
        "no_rows",
        `The file has no row to load, and the load would delete all rows of the table ${JSON.stringify(existing.name)}. Check the file, or give allowEmpty=true.`,
      )
  }
  if (keyNames.length === 0) {
    const deleted = replacesAll ? yield* count(`delete from ${own}`) : 0
    const inserted = yield* count(insertion(table, staged))
    return { ...onlyInserted(inserted), deleted, suppressed: rows - inserted } satisfies RowChanges
  }
  const keyOf = new Set(keyNames.map(quoteIdentifier))
  const key = columns.filter(({ name }) => keyOf.has(name))
  const others = columns.filter(({ name }) => !keyOf.has(name))
  const comparisons = Array.from(operators, ([name, { collate, operator }]) => {
    const column = quoteIdentifier(name)
    return `old.${column} ${operator} new.${column}${collate}`
  })
  const match = { table: own, staging, key, hasSameKey: comparisons.join(" and ") }
  const countKnown = Effect.map(select(countOfKnown(match)), ({ known }) => Number(known))
  const deleted = deletesMissing ? yield* count(deletionOfMissing(match)) : 0
  const distinct = rows - duplicates
  // The server counts the rows that a session inserts into a table, but also those that triggers insert.
  const { counted, counts } = yield* select(countOfInserted(table))
  const isCounted = counts === true && !existing.isPartitioned && !existing.hasTriggers
  const before = isCounted ? Number(counted) : yield* countKnown
  const upserting = upsertion(match, others, staged)
  // Functions of triggers keep their plans.
  const touched = yield* count(existing.hasTriggers ? upserting : inOrderOfKeys(upserting))
  const after = existing.hasTriggers ? Math.max(yield* countKnown, touched) : distinct
  const reached = isCounted ? Number((yield* select(countOfInserted(table)))["counted"]) : after
  const inserted = Math.min(touched, Math.max(0, reached - before))
  const updated = touched - inserted
  return { inserted, updated, unchanged: after - touched, deleted, duplicates, suppressed: distinct - after }
})
