import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import type { TableLoad } from "../../../Domain/job/CopySink.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import type { Reject } from "../../../Domain/load/Reject.ts"
import { nothingStored, plus, type Stored } from "./Conservation.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import { storeRejects, WaitingRejects } from "./RejectStore.ts"
import { RowLedger } from "./RowLedger.ts"
import * as TargetTable from "./TargetTable.ts"

/** What one connection is to put into the database: rows of a batch, records that were set aside, or both. */
export interface Delivery {
  readonly batch: CopyBatch | null
  readonly rejects: ReadonlyArray<Reject>
}

/** A batch whole: its rows and its rejects go over one connection. */
export const whole = (batch: CopyBatch): Delivery => ({ batch, rejects: batch.rejects })

const difference = (what: string, sent: number, taken: number): LoadError =>
  loadError("internal_error", `Sent ${sent} ${what} to Postgres, which took ${taken}.`)

/** Where the records of a load go over one connection. */
interface Target {
  readonly session: LoadSession
  readonly load: TableLoad
  /** The table being filled, qualified. */
  readonly table: string
}

type Deliveries = Pull.Pull<ReadonlyArray<Delivery>, LoadError>

/** One COPY, of all that comes until enough has been set aside; and behind it the insert of that. */
const copyOnce = Effect.fnUntraced(function* (
  { load, session, table }: Target,
  deliveries: Deliveries,
): Effect.fn.Return<Stored, LoadError> {
  const ledger = new RowLedger()
  const waiting = new WaitingRejects()
  const next = Effect.gen(function* () {
    while (!waiting.isFull) {
      const rows: Array<CopyBatch> = []
      for (const { batch, rejects } of yield* deliveries) {
        waiting.add(rejects)
        if (batch === null) continue
        ledger.add(batch)
        if (batch.rows > 0) rows.push(batch)
        else batch.release()
      }
      if (Arr.isArrayNonEmpty(rows)) return rows
    }
    return yield* Cause.done()
  })
  const taken = yield* session
    .copy(TargetTable.copy(table), Stream.fromPull(Effect.succeed(next)))
    .pipe(Effect.mapError((error) => ledger.locate(error)))
  if (taken !== ledger.sent) return yield* difference("rows", ledger.sent, taken)
  const rejects = waiting.take()
  const stored = yield* storeRejects(session, load.claim.jobId, rejects)
  if (stored !== rejects.length) return yield* difference("rejected records", rejects.length, stored)
  return { rows: taken, rejects: stored }
})

/**
 * Puts all that is delivered into the database over one connection, in the transaction it has begun, and
 * answers what the server has taken. Every row that was sent has been taken, none twice, and every reject
 * stored: else nothing may be committed.
 *
 * While a COPY runs its connection does nothing else. So it is ended whenever enough records have been set
 * aside, they are stored, and another COPY goes on: a file without bad records is one COPY, and one of nothing
 * else takes no more memory.
 */
export const copyRows = Effect.fnUntraced(function* (
  target: Target,
  deliveries: Stream.Stream<Delivery, LoadError>,
): Effect.fn.Return<Stored, LoadError, Scope.Scope> {
  const source = { isEnded: false }
  const pull = yield* Stream.toPull(deliveries)
  const noticed = Effect.tapError(pull, (error) =>
    Effect.sync(() => {
      source.isEnded ||= Cause.isDone(error)
    }),
  )
  let stored = nothingStored
  while (!source.isEnded) stored = plus(stored, yield* copyOnce(target, noticed))
  return stored
}, Effect.scoped)
