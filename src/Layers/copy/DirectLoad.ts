import * as Effect from "effect/Effect"
import type { TableLoad } from "../../Domain/CopySink.ts"
import { copyRows } from "./CopyRows.ts"
import * as LoadSession from "./LoadSession.ts"
import * as Settlement from "./Settlement.ts"
import * as TargetTable from "./TargetTable.ts"

/**
 * Loads over one connection in one transaction: create the table, copy, settle, commit. Nothing exists
 * outside of it, so there is nothing to clean up after whatever dies.
 */
export const directLoad = Effect.fnUntraced(function* (load: TableLoad) {
  const session = yield* LoadSession.open(load.table)
  const table = TargetTable.qualified(load.schema, TargetTable.nameWhileLoading(load.claim))
  return yield* session.inTransaction(
    Effect.gen(function* () {
      yield* session.run(`begin; ${TargetTable.create(table, load.columns)}`)
      const rows = yield* Effect.withSpan(copyRows(session, table, load.batches), "CopySink.copy")
      yield* Settlement.commit(session, load, { rows, filled: load.schema })
      return rows
    }),
  )
}, Effect.scoped)
