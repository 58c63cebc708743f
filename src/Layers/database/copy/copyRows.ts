import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import type { TextFormat } from "../../../Domain/load/TextFormat.ts"
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
  /** Rows are written as VACUUM FREEZE would leave them. The session's transaction has created the table. */
  readonly freezes: boolean
}

type Deliveries = Pull.Pull<ReadonlyArray<Delivery>, LoadError>

/** The deliveries of one connection. A COPY can leave those that it cannot send to the next one. */
class Source {
  readonly #pull: Deliveries
  #left: ReadonlyArray<Delivery> = []
  #hasEnded = false
  /** The format of the latest rows. */
  format: TextFormat | null = null

  constructor(pull: Deliveries) {
    this.#pull = Effect.tapError(pull, (error) =>
      Effect.sync(() => {
        this.#hasEnded ||= Cause.isDone(error)
      }),
    )
  }

  get hasMore(): boolean {
    return !this.#hasEnded || this.#left.length > 0
  }

  readonly next: Deliveries = Effect.suspend(() => {
    const left = this.#left
    this.#left = []
    return Arr.isReadonlyArrayNonEmpty(left) ? Effect.succeed(left) : this.#pull
  })

  leave(deliveries: ReadonlyArray<Delivery>, format: TextFormat | null): void {
    this.#left = deliveries
    this.format = format
  }
}

const formatOf = ({ text }: CopyBatch): TextFormat | null => text?.format ?? null

/**
 * One COPY, and then the inserts of the buffered rejects and skipped lines. It ends when enough of them is buffered, or before
 * rows in another format.
 */
const copyOnce = Effect.fnUntraced(function* (
  { allowance, freezes, jobId, session, table }: Destination,
  source: Source,
): Effect.fn.Return<Stored, LoadError> {
  const { format } = source
  const rowNumbers = new CopyRowNumbers()
  const kept = new KeptBuffer(allowance)
  let hasOtherFormat = false
  const next = Effect.gen(function* () {
    while (!kept.isFull && !hasOtherFormat) {
      const rows: Array<CopyBatch> = []
      const deliveries = yield* source.next
      for (const [index, { batch, kept: some }] of deliveries.entries()) {
        if (batch !== null && batch.rows > 0 && formatOf(batch) !== format) {
          source.leave(deliveries.slice(index), formatOf(batch))
          hasOtherFormat = true
          break
        }
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
    .copy({ table, freezes }, format, Stream.fromPull(Effect.succeed(next)))
    .pipe(Effect.mapError((error) => rowNumbers.locate(error)))
  if (rows !== rowNumbers.sent) return yield* wrongCount("rows", rowNumbers.sent, rows)
  return { rows, ...(yield* kept.store(session, jobId)) }
})

/**
 * Stores all deliveries over one connection, in the transaction that the connection has begun, and returns the
 * server's counts. Fails unless the server stored each row, each reject and each skipped line exactly once.
 *
 * A connection cannot do anything else during a COPY. So the COPY ends whenever enough rejects and skipped lines are
 * buffered, they are stored, and a new COPY begins, as one does for rows in another format. A file without them is one COPY, and a file of nothing else needs no
 * more memory than any other.
 */
export const copyRows = Effect.fnUntraced(function* (
  destination: Destination,
  deliveries: Stream.Stream<Delivery, LoadError>,
): Effect.fn.Return<Stored, LoadError, Scope.Scope> {
  const source = new Source(yield* Stream.toPull(deliveries))
  let stored = nothingStored
  while (source.hasMore) stored = plus(stored, yield* copyOnce(destination, source))
  return stored
}, Effect.scoped)
