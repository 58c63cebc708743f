import * as Effect from "effect/Effect"
import { enterPhase } from "../../../Domain/job/attempts/AttemptTimeline.ts"
import type { ColumnChange } from "../../../Domain/load/columns/ColumnChange.ts"
import { noKeys } from "../../../Domain/load/columns/planKeys.ts"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { onlyInserted } from "../../../Domain/load/SchemaChanges.ts"
import { analyzeTable } from "./analyzeTable.ts"
import { attemptTable, createTable, qualified, stagingSchema } from "./AttemptTable.ts"
import { buildKeys, freeKeyNames, hasKeys, renameKeys } from "./buildKeys.ts"
import { describeTable } from "./describeTable.ts"
import { dropDuplicates } from "./merge/dropDuplicates.ts"
import { recordColumn } from "./merge/recordColumn.ts"
import { retypeColumns } from "./retypeColumns.ts"
import type { PreparedTable, TargetTable } from "./TargetTable.ts"

/** Loads into a table that does not exist yet: it is created under the attempt's name and renamed in the end. */
export const newTable: TargetTable = {
  isDirect: false,
  copyInto: ({ claim, schema }, streams) =>
    qualified(streams === 1 ? schema : stagingSchema, attemptTable(claim)),
  prepare: (session, { claim, columns, keys: given = noKeys, merge, schema, source, table }, copyInto) => {
    const attempt = attemptTable(claim)
    const moved = qualified(schema, attempt)
    const published = qualified(schema, table)
    const move = copyInto === moved ? [] : [`alter table ${copyInto} set schema ${quoteIdentifier(schema)}`]
    const keys = merge === undefined ? given : { ...given, primaryKey: merge.key }
    const record = recordColumn(columns)
    let current = columns
    let inserted = 0
    let keyNames: ReadonlyArray<string> = []
    const retype: PreparedTable["retype"] = (changes) =>
      Effect.map(retypeColumns(session, copyInto, current, changes), (retyped) => {
        current = retyped
      })
    /** Keeps one row for each key. Returns how many were not kept. */
    const dropOthers = Effect.fnUntraced(function* () {
      if (merge === undefined) return 0
      const names = new Map(merge.key.map((name) => [name, quoteIdentifier(name)]))
      const duplicates = yield* dropDuplicates(session, copyInto, names, record, merge.onDuplicateKey)
      yield* session.run(`alter table ${copyInto} drop column ${quoteIdentifier(record)}`)
      return duplicates
    })
    const convert = Effect.fnUntraced(function* (changes: ReadonlyArray<ColumnChange>, rows: number) {
      if (changes.length > 0) yield* enterPhase("converting")
      yield* retype(changes)
      if (merge !== undefined) yield* enterPhase("merging")
      const duplicates = yield* dropOthers()
      inserted = rows - duplicates
      if (hasKeys(keys)) yield* enterPhase("indexing")
      yield* buildKeys(session, { name: attempt, sql: copyInto }, keys)
      keyNames = yield* freeKeyNames(session, { schema, table, keys })
      const analysis = analyzeTable(copyInto, columns.length, inserted)
      if (analysis.length > 0)
        yield* Effect.andThen(enterPhase("analyzing"), session.run(analysis.join("; ")))
      return { columns: current, changes: { ...onlyInserted(inserted), duplicates }, warnings: [] }
    })
    return {
      create: createTable(
        copyInto,
        columns,
        merge === undefined ? [] : [`${quoteIdentifier(record)} bigint`],
      ),
      open: Effect.void,
      numbersRows: merge !== undefined,
      retype,
      convert,
      publish: () =>
        [
          ...move,
          `alter table ${moved} rename to ${quoteIdentifier(table)}`,
          ...renameKeys(schema, attempt, keyNames),
          describeTable(published, { jobId: claim.jobId, rows: inserted, source }),
        ].join("; "),
    }
  },
}
