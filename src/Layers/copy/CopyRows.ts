import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../Domain/CopySink.ts"
import { type LoadError, loadError } from "../../Domain/LoadError.ts"
import type { LoadSession } from "./LoadSession.ts"
import { RowLedger } from "./RowLedger.ts"
import * as TargetTable from "./TargetTable.ts"

/**
 * Copies the batches over one connection and answers the number of rows. Every row that was sent has been
 * taken, none twice: else nothing may be committed.
 */
export const copyRows = (
  session: LoadSession,
  table: string,
  batches: Stream.Stream<CopyBatch, LoadError>,
): Effect.Effect<number, LoadError> =>
  Effect.suspend(() => {
    const ledger = new RowLedger()
    const noted = Stream.map(batches, (batch) => {
      ledger.add(batch)
      return batch
    })
    return session.copy(TargetTable.copy(table), noted).pipe(
      Effect.mapError((error) => ledger.locate(error)),
      Effect.filterOrFail(
        (taken) => taken === ledger.sent,
        (taken) => loadError("internal_error", `Sent ${ledger.sent} rows to Postgres, which took ${taken}.`),
      ),
    )
  })
