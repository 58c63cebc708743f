import * as Effect from "effect/Effect"
import type { MergeIntoExisting } from "../../../../Domain/job/CopySink.ts"
import { enterPhase } from "../../../../Domain/job/attempts/AttemptTimeline.ts"
import type { ColumnChange } from "../../../../Domain/load/columns/ColumnChange.ts"
import type { ExistingTable } from "../../../../Domain/load/columns/target/ExistingTable.ts"
import { typed, type TypedColumn } from "../../../../Domain/load/columns/Column.ts"
import { quoteIdentifier } from "../../../../Domain/load/columns/SqlIdentifier.ts"
import { analyzeTable } from "../analyzeTable.ts"
import { attemptTable, definitionsOf, headerComments, qualified, stagingSchema } from "../AttemptTable.ts"
import { describeAgain } from "../describeTable.ts"
import { dropDuplicates } from "./dropDuplicates.ts"
import { type KeyPart, keyOperators } from "./keyOperators.ts"
import { lockTable, orBusy } from "./lockTable.ts"
import { mergeRows } from "./mergeRows.ts"
import { mergedColumns } from "./mergeStatements.ts"
import { noteOtherTables } from "./otherTables.ts"
import { recordColumn } from "./recordColumn.ts"
import { refreshViews } from "./refreshViews.ts"
import { retypeColumns } from "../retypeColumns.ts"
import type { PreparedTable, TargetTable } from "../TargetTable.ts"
import { settingsForExisting } from "./settingsForExisting.ts"
import { violated } from "./violated.ts"

/** Statements that add the file's other columns to the table. */
const addition = (table: string, added: ReadonlyArray<TypedColumn>): string =>
  [
    `alter table ${table} ${definitionsOf(added)
      .map((definition) => `add column ${definition}`)
      .join(", ")}`,
    ...headerComments(table, added),
  ].join("; ")

const settingsOf = ({ hasTriggers, schema }: ExistingTable): string =>
  [
    settingsForExisting,
    // Functions of triggers often name the tables beside their own without a schema.
    ...(hasTriggers ? [`set local search_path = pg_catalog, ${quoteIdentifier(schema)}`] : []),
  ].join("; ")

/**
 * Loads into a table that exists. COPY fills an unlogged staging table, which nobody else sees, and one short part of the
 * settling transaction merges it into the user's.
 */
export const mergedTable = (merge: MergeIntoExisting): TargetTable => ({
  isDirect: false,
  copyInto: ({ claim }) => qualified(stagingSchema, attemptTable(claim)),
  prepare: (session, { claim, columns, source }, copyInto) => {
    const { existing, existingTypes } = merge
    const table = qualified(existing.schema, existing.name)
    const record = recordColumn(columns)
    const numbersRows = merge.key.length > 0
    let current = columns
    const retype: PreparedTable["retype"] = (changes) =>
      Effect.map(retypeColumns(session, copyInto, current, changes), (retyped) => {
        current = retyped
      })
    const convert = Effect.fnUntraced(
      function* (changes: ReadonlyArray<ColumnChange>, rows: number) {
        if (changes.length > 0) yield* enterPhase("converting")
        yield* retype(changes)
        yield* enterPhase("merging")
        const columnsOfTable = mergedColumns(current, existingTypes)
        const added = current.filter((_, index) => existingTypes[index] === null)
        const values = new Map(current.map(({ name }, index) => [name, columnsOfTable[index]!.value]))
        const operators =
          merge.key.length === 0 ? new Map<string, KeyPart>() : yield* keyOperators(session, table, merge.key)
        const keys = new Map(
          merge.key.map((name) => [name, `${values.get(name)!}${operators.get(name)?.collate ?? ""}`]),
        )
        const duplicates =
          keys.size === 0 ? 0 : yield* dropDuplicates(session, copyInto, keys, record, merge.onDuplicateKey)
        const isShared = !merge.replacesAll && keys.size === 0
        yield* lockTable(
          session,
          existing,
          added.length > 0 ? "access exclusive" : isShared ? "row exclusive" : "share row exclusive",
          attemptTable(claim),
        )
        yield* session.run(settingsOf(existing))
        if (added.length > 0) yield* session.run(addition(table, added))
        const staged = { table: copyInto, columns: columnsOfTable, rows, duplicates, operators }
        const merged = yield* noteOtherTables(
          session,
          existing,
          Effect.tap(mergeRows(session, merge, staged), () =>
            // Otherwise the commit would find what deferred constraints do not allow.
            session.run("set constraints all immediate"),
          ),
        )
        const stale = merge.refreshesViews ? yield* refreshViews(session, table) : []
        const analysis = merge.refreshesViews ? analyzeTable(table, columns.length, rows) : []
        const last = [
          ...analysis,
          ...(existing.isDescribed ? [describeAgain(table, { jobId: claim.jobId, rows, source })] : []),
        ]
        if (last.length > 0) yield* session.run(last.join("; "))
        return {
          columns: typed(
            current,
            current.map(({ type }, index) => existingTypes[index] ?? type),
          ),
          changes: merged.result,
          warnings: [...merged.warnings, ...stale],
        }
      },
      Effect.mapError(violated),
      orBusy(table),
    )
    const others = numbersRows ? [`${quoteIdentifier(record)} bigint`] : []
    return {
      create: `create unlogged table ${copyInto} (${[...definitionsOf(columns), ...others].join(", ")})`,
      open: Effect.void,
      numbersRows,
      retype,
      convert,
      publish: () => `drop table ${copyInto}`,
    }
  },
})
