import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { longestRaw, type Reject } from "../../../Domain/load/Reject.ts"
import * as RejectStatements from "../jobs/RejectStatements.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import { CopyRowNumbers } from "./CopyRowNumbers.ts"
import { nothingStored, plus, type Stored } from "./RecordBalance.ts"

/** Limits of one insert, in rejects and in characters: some milliseconds of the server's time and little memory. */
const maxRejects = 1000
const maxRejectText = 128 * longestRaw

/** Data for one connection: the rows of a batch, rejects, or both. */
export interface Delivery {
  readonly batch: CopyBatch | null
  readonly rejects: ReadonlyArray<Reject>
}

const wrongCount = (kind: string, sent: number, stored: number): LoadError =>
  loadError("internal_error", `Sent ${sent} ${kind} to Postgres, which stored ${stored}.`)

interface Destination {
  readonly session: LoadSession
  readonly jobId: JobId
  /** The table to fill, as SQL writes it. */
  readonly table: string
}

type Deliveries = Pull.Pull<ReadonlyArray<Delivery>, LoadError>

/** One COPY, which ends when enough rejects are buffered, and then the insert of those rejects. */
const copyOnce = Effect.fnUntraced(function* (
  { jobId, session, table }: Destination,
  deliveries: Deliveries,
): Effect.fn.Return<Stored, LoadError> {
  const rowNumbers = new CopyRowNumbers()
  const rejects: Array<Reject> = []
  let rejectText = 0
  const next = Effect.gen(function* () {
    while (rejects.length < maxRejects && rejectText < maxRejectText) {
      const rows: Array<CopyBatch> = []
      for (const { batch, rejects: some } of yield* deliveries) {
        for (const reject of some) {
          rejects.push(reject)
          rejectText += reject.raw.length + reject.message.length
        }
        if (batch === null) continue
        rowNumbers.add(batch)
        if (batch.rows > 0) rows.push(batch)
        else batch.release()
      }
      if (Arr.isArrayNonEmpty(rows)) return rows
    }
    return yield* Cause.done()
  })
  const rows = yield* session
    .copy(`copy ${table} from stdin with (format binary)`, Stream.fromPull(Effect.succeed(next)))
    .pipe(Effect.mapError((error) => rowNumbers.locate(error)))
  if (rows !== rowNumbers.sent) return yield* wrongCount("rows", rowNumbers.sent, rows)
  let storedRejects = 0
  // One batch of the reader may exceed the limit of one insert.
  for (const some of Arr.chunksOf(rejects, maxRejects)) {
    const [count] = yield* session.run(RejectStatements.insert(jobId, some))
    storedRejects += count ?? 0
  }
  if (storedRejects !== rejects.length) return yield* wrongCount("rejects", rejects.length, storedRejects)
  return { rows, rejects: storedRejects }
})

/**
 * Stores all deliveries over one connection, in the transaction that the connection has begun, and returns the
 * server's counts. Fails unless the server stored each row and each reject exactly once.
 *
 * A connection cannot do anything else during a COPY. So the COPY ends whenever enough rejects are buffered, the
 * rejects are stored, and a new COPY begins. A file without rejects is one COPY, and a file of rejects needs no more
 * memory than any other.
 */
export const copyRows = Effect.fnUntraced(function* (
  destination: Destination,
  deliveries: Stream.Stream<Delivery, LoadError>,
): Effect.fn.Return<Stored, LoadError, Scope.Scope> {
  const source = { hasEnded: false }
  const pull = Effect.tapError(yield* Stream.toPull(deliveries), (error) =>
    Effect.sync(() => {
      source.hasEnded ||= Cause.isDone(error)
    }),
  )
  let stored = nothingStored
  while (!source.hasEnded) stored = plus(stored, yield* copyOnce(destination, pull))
  return stored
}, Effect.scoped)
