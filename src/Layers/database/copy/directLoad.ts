import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { TableLoad } from "../../../Domain/job/CopySink.ts"
import * as LoadSession from "../session/LoadSession.ts"
import type { TargetTable } from "../target/TargetTable.ts"
import { copyRows, wholeBatch } from "./copyRows.ts"
import { finishLoad } from "./finishLoad.ts"
import { withoutGap } from "./RecordBalance.ts"

/** Loads over one connection in one transaction. Nothing exists outside of it, so a crash leaves nothing to clean up. */
export const directLoad = Effect.fnUntraced(function* (load: TableLoad, targetTable: TargetTable) {
  const { claim, schema, table } = load.target
  const session = yield* LoadSession.open(table)
  return yield* LoadSession.inTransactions(
    [session],
    Effect.gen(function* () {
      yield* session.run("begin")
      const prepared = yield* targetTable.prepare(session, load.target, schema)
      const stored = yield* copyRows(
        { session, jobId: claim.jobId, table: prepared.copyInto },
        Stream.map(withoutGap(load.batches), wholeBatch),
      ).pipe(Effect.withSpan("CopySink.copy"))
      return yield* finishLoad(session, load, prepared, stored)
    }),
  )
}, Effect.scoped)
