import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { TableLoad } from "../../../Domain/job/CopySink.ts"
import { conserved, withoutGap } from "./Conservation.ts"
import { retype } from "./ColumnRetyping.ts"
import { copyRows, whole } from "./CopyRows.ts"
import * as LoadSession from "../session/LoadSession.ts"
import * as Settlement from "./Settlement.ts"
import * as TargetTable from "./TargetTable.ts"

/**
 * Loads over one connection in one transaction: create the table, copy, settle, commit. Nothing exists
 * outside of it, so there is nothing to clean up after whatever dies.
 */
export const directLoad = Effect.fnUntraced(function* (load: TableLoad) {
  const session = yield* LoadSession.open(load.table)
  const table = TargetTable.qualified(load.schema, TargetTable.nameWhileLoading(load.claim))
  return yield* LoadSession.inTransactions(
    [session],
    Effect.gen(function* () {
      yield* session.run(`begin; ${TargetTable.create(table, load.columns)}`)
      const deliveries = Stream.map(withoutGap(load.batches), whole)
      const stored = yield* Effect.withSpan(copyRows({ session, load, table }, deliveries), "CopySink.copy")
      yield* conserved(load, stored)
      const columns = yield* retype(session, load, table)
      yield* Settlement.commit(session, load, { schema: load.schema, columns, stored })
      return stored.rows
    }),
  )
}, Effect.scoped)
