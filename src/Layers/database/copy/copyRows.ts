import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import { CopyRowNumbers } from "./CopyRowNumbers.ts"
import type { KeptAllowance } from "./KeptAllowance.ts"
import { type Kept, KeptBuffer } from "./KeptBuffer.ts"
import { nothingStored, plus, type Stored, wrongCount } from "./LineBalance.ts"

/** Data for one connection: the rows of a batch, its rejects and skipped lines, or both. */
export interface Delivery {
  readonly batch: CopyBatch | null
  readonly kept: Kept
}

interface Destination {
  readonly session: LoadSession
  readonly jobId: JobId
  /** The table to fill, as SQL writes it. */
  readonly table: string
  readonly allowance: KeptAllowance
}

type Deliveries = Pull.Pull<ReadonlyArray<Delivery>, LoadError>

/** One COPY, which ends when enough is buffered, and then the inserts of the buffered rejects and skipped lines. */
const copyOnce = Effect.fnUntraced(function* (
  { allowance, jobId, session, table }: Destination,
  deliveries: Deliveries,
): Effect.fn.Return<Stored, LoadError> {
  const rowNumbers = new CopyRowNumbers()
  const kept = new KeptBuffer(allowance)
  const next = Effect.gen(function* () {
    while (!kept.isFull) {
      const rows: Array<CopyBatch> = []
      for (const { batch, kept: some } of yield* deliveries) {
        kept.add(some)
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
  return { rows, ...(yield* kept.store(session, jobId)) }
})

/**
 * Stores all deliveries over one connection, in the transaction that the connection has begun, and returns the
 * server's counts. Fails unless the server stored each row, each reject and each skipped line exactly once.
 *
 * A connection cannot do anything else during a COPY. So the COPY ends whenever enough rejects and skipped lines are
 * buffered, they are stored, and a new COPY begins. A file without them is one COPY, and a file of nothing else needs no
 * more memory than any other.
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
