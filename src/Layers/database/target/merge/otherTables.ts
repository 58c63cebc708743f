import * as Effect from "effect/Effect"
import type { ExistingTable } from "../../../../Domain/load/columns/target/ExistingTable.ts"
import { quoteLiteral } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import type { LoadError } from "../../../../Domain/load/LoadError.ts"
import { type LoadWarning, loadWarning } from "../../../../Domain/load/LoadWarning.ts"
import type { LoadSession } from "../../session/LoadSession.ts"
import { qualified } from "../AttemptTable.ts"

/** Rows of other tables that this session has deleted and updated, by table, also through foreign keys and triggers. */
const changedRows = (table: string): string => `
  select relid::regclass::text as name, n_tup_del::float8 as deleted, n_tup_upd::float8 as updated
  from pg_stat_xact_user_tables
  where n_tup_del + n_tup_upd > 0 and schemaname not in ('sluice', 'boss')
    and relid not in (select relid from pg_partition_tree(${quoteLiteral(table)}) union select ${quoteLiteral(table)}::regclass)
  order by name`

/** Deleted and updated rows by table. */
type Changes = ReadonlyMap<string, readonly [deleted: number, updated: number]>

/** Warnings about the tables of which more rows were changed. */
const warningsOf = (before: Changes, after: Changes, table: string): ReadonlyArray<LoadWarning> =>
  [...after].flatMap(([name, [deleted, updated]]) => {
    const [deletedBefore, updatedBefore] = before.get(name) ?? [0, 0]
    const changes = [
      ...(deleted > deletedBefore ? [`deleted ${deleted - deletedBefore}`] : []),
      ...(updated > updatedBefore ? [`updated ${updated - updatedBefore}`] : []),
    ]
    return changes.length === 0
      ? []
      : [
          loadWarning(
            "other_tables",
            `The load also ${changes.join(" and ")} rows of the table ${name}, through a foreign key or a trigger of the table ${JSON.stringify(table)}.`,
          ),
        ]
  })

/** Runs a merge, and returns its result with warnings about the rows of other tables that it has changed. */
export const noteOtherTables = Effect.fnUntraced(function* <A>(
  session: LoadSession,
  existing: ExistingTable,
  merge: Effect.Effect<A, LoadError>,
) {
  if (existing.referencedKey === null && !existing.hasTriggers) return { result: yield* merge, warnings: [] }
  const changes = Effect.map(
    session.select({ text: changedRows(qualified(existing.schema, existing.name)), parameters: [] }),
    (rows): Changes =>
      new Map(
        rows.map(({ deleted, name, updated }) => [String(name), [Number(deleted), Number(updated)] as const]),
      ),
  )
  const before = yield* changes
  const result = yield* merge
  return { result, warnings: warningsOf(before, yield* changes, existing.name) }
})
