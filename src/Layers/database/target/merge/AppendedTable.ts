import * as Effect from "effect/Effect"
import type { MergeIntoExisting } from "../../../../Domain/job/CopySink.ts"
import { typed } from "../../../../Domain/load/columns/Column.ts"
import { knownType } from "../../../../Domain/load/columns/target/ExistingTable.ts"
import { quoteIdentifier } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { onlyInserted } from "../../../../Domain/load/SchemaChanges.ts"
import { attemptTable, qualified } from "../AttemptTable.ts"
import { describeAgain } from "../describeTable.ts"
import type { TargetTable } from "../TargetTable.ts"
import { lockTable, orBusy } from "./lockTable.ts"
import { settingsForExisting } from "./settingsForExisting.ts"
import { violated } from "./violated.ts"

/**
 * Whether COPY can fill the user's table itself: rows are only added, the worker writes the types of all columns, and COPY stores as
 * many rows as it gets.
 */
export const canAppend = (merge: MergeIntoExisting): boolean =>
  !merge.replacesAll &&
  merge.key.length === 0 &&
  !merge.existing.hasTriggers &&
  merge.existingTypes.every((type) => type !== null && knownType(type) !== undefined)

/** Appends to a table that exists. The lock, which other writers and readers do not notice, is held from the first row on. */
export const appendedTable = ({ existing, existingTypes }: MergeIntoExisting): TargetTable => {
  const table = qualified(existing.schema, existing.name)
  return {
    isDirect: true,
    copyInto: ({ columns }) => `${table} (${columns.map(({ name }) => quoteIdentifier(name)).join(", ")})`,
    prepare: (session, { claim, columns, source }) => ({
      create: settingsForExisting,
      open: lockTable(session, existing, "row exclusive", attemptTable(claim)),
      numbersRows: false,
      retype: () => Effect.void,
      convert: (_, rows) =>
        session
          .run(
            [
              // Otherwise the commit would find what deferred constraints do not allow.
              "set constraints all immediate",
              ...(existing.isDescribed ? [describeAgain(table, { jobId: claim.jobId, rows, source })] : []),
            ].join("; "),
          )
          .pipe(
            Effect.mapError(violated),
            orBusy(table),
            Effect.as({
              columns: typed(
                columns,
                existingTypes.map((type, index) => type ?? columns[index]!.type),
              ),
              changes: onlyInserted(rows),
              warnings: [],
            }),
          ),
      publish: () => "",
    }),
  }
}
