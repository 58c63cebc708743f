import * as Effect from "effect/Effect"
import type { ColumnChange } from "../../../Domain/load/columns/ColumnChange.ts"
import { noKeys } from "../../../Domain/load/columns/planKeys.ts"
import { quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import { analyzeTable } from "./analyzeTable.ts"
import { attemptTable, createTable, describeTable, qualified } from "./AttemptTable.ts"
import { buildKeys, freeKeyNames, renameKeys } from "./buildKeys.ts"
import { retypeColumns } from "./retypeColumns.ts"
import type { PreparedTable, TargetTable } from "./TargetTable.ts"

/** Loads into a table that does not exist yet: it is created under the attempt's name and renamed in the end. */
export const newTable: TargetTable = {
  reservation: {
    isAvailable: "to_regclass(quote_ident(target_schema) || '.' || quote_ident(table_name)) is null",
    holdsName: true,
  },
  prepare: (session, { claim, columns, keys = noKeys, schema, source, table }, copyInto) => {
    const attempt = attemptTable(claim)
    const moved = qualified(schema, attempt)
    const published = qualified(schema, table)
    const move = copyInto === moved ? [] : [`alter table ${copyInto} set schema ${quoteIdentifier(schema)}`]
    let current = columns
    let keyNames: ReadonlyArray<string> = []
    const retype: PreparedTable["retype"] = (changes) =>
      Effect.map(retypeColumns(session, copyInto, current, changes), (retyped) => {
        current = retyped
      })
    const convert = Effect.fnUntraced(function* (changes: ReadonlyArray<ColumnChange>, rows: number) {
      yield* retype(changes)
      yield* buildKeys(session, { name: attempt, sql: copyInto }, keys)
      keyNames = yield* freeKeyNames(session, { schema, table, keys })
      const analysis = analyzeTable(copyInto, columns.length, rows)
      if (analysis.length > 0) yield* session.run(analysis.join("; "))
      return current
    })
    return {
      create: createTable(copyInto, columns),
      retype,
      convert,
      publish: (rows) =>
        [
          ...move,
          `alter table ${moved} rename to ${quoteIdentifier(table)}`,
          ...renameKeys(schema, attempt, keyNames),
          describeTable(published, { jobId: claim.jobId, rows, source }),
        ].join("; "),
    }
  },
}
