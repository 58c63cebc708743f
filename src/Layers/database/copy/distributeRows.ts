import type * as Arr from "effect/Array"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import type { PreparedTable } from "../target/TargetTable.ts"
import type { LoadSession } from "../session/LoadSession.ts"
import { copyRows, type Delivery } from "./copyRows.ts"
import type { KeptAllowance } from "./KeptAllowance.ts"
import { nothingKept } from "./KeptBuffer.ts"
import { segments } from "./segments.ts"
import { nothingStored, plus, type Stored } from "./LineBalance.ts"

/** Queued batches per connection: enough to keep all connections busy with little memory. */
const queuedPerStream = 2

type Sessions = Arr.NonEmptyReadonlyArray<LoadSession>

interface Destination {
  readonly jobId: JobId
  readonly table: string
  readonly allowance: KeptAllowance
  /** Rows are written as VACUUM FREEZE would leave them. The first session's transaction has created the table. */
  readonly freezes: boolean
  /** Changes types of columns of the table, over the first session. */
  readonly retype: PreparedTable["retype"]
}

/** Copies batches over the sessions. All but the first commit their rows. */
const distributeSegment = Effect.fnUntraced(function* (
  [settling, ...others]: Sessions,
  batches: Stream.Stream<CopyBatch, LoadError>,
  { allowance, freezes, jobId, table }: Destination,
) {
  const streams = 1 + others.length
  const copy = (session: LoadSession, deliveries: Stream.Stream<Delivery, LoadError>) =>
    copyRows({ session, jobId, table, allowance, freezes }, deliveries)
  if (streams === 1)
    return yield* copy(
      settling,
      Stream.map(batches, (batch) => ({ batch, kept: batch })),
    )
  const rows = yield* Queue.bounded<Delivery, LoadError | Cause.Done>(queuedPerStream * streams)
  const kept = yield* Queue.bounded<Delivery, LoadError | Cause.Done>(queuedPerStream)
  const end = Effect.andThen(Queue.end(rows), Queue.end(kept))
  const distribute = batches.pipe(
    Stream.runForEachArray((some) =>
      Effect.andThen(
        Queue.offerAll(
          rows,
          some.map((batch) => ({ batch, kept: nothingKept })),
        ),
        Queue.offerAll(
          kept,
          some
            .filter(({ rejects, skipped }) => rejects.length + skipped.length > 0)
            .map((batch) => ({
              batch: null,
              kept: Struct.pick(batch, ["file", "rejects", "skipped"]),
            })),
        ),
      ),
    ),
    Effect.matchCauseEffect({
      onSuccess: () => end,
      // Fails the copies too, so that each rolls back its transaction.
      onFailure: (cause) => Effect.andThen(Queue.failCause(rows, cause), Queue.failCause(kept, cause)),
    }),
  )
  const copies = [
    copy(settling, Stream.merge(Stream.fromQueue(kept), Stream.fromQueue(rows))),
    // Each commits at once: waiting for the slowest copy could exceed idle_in_transaction_session_timeout.
    ...others.map((session) => Effect.tap(copy(session, Stream.fromQueue(rows)), () => session.commit)),
  ]
  const [stored] = yield* Effect.all([Effect.all(copies, { concurrency: "unbounded" }), distribute], {
    concurrency: "unbounded",
  })
  return stored.reduce(plus, nothingStored)
})

/**
 * Changes types of columns between two segments. Returns the sessions for the next one.
 *
 * The change locks the table until its transaction ends, so the first session commits its rows before, and all begin again.
 * If it has stored rejects or skipped lines, it cannot commit them, and copies the rest of the rows alone.
 */
const retypeBetween = Effect.fnUntraced(function* (
  sessions: Sessions,
  hasKept: boolean,
  retyping: Effect.Effect<void, LoadError>,
): Effect.fn.Return<Sessions, LoadError> {
  const [settling] = sessions
  if (sessions.length === 1 || hasKept) {
    yield* retyping
    return [settling]
  }
  yield* settling.commit
  yield* retyping
  yield* Effect.forEach(sessions, (session) => session.run(session.begin), { discard: true })
  return sessions
})

/**
 * Copies the batches over the sessions, each of which has its own transaction.
 *
 * Rows go to any session that is free. Rejects and skipped lines go to the first session only: its transaction commits
 * last, so nobody sees them before the load is complete. A batch that changes columns waits until all rows before it are
 * stored.
 */
export const distributeRows = Effect.fnUntraced(
  function* (
    all: Sessions,
    batches: Stream.Stream<CopyBatch, LoadError>,
    destination: Destination,
  ): Effect.fn.Return<Stored, LoadError, Scope.Scope> {
    const { advance, current } = yield* segments(batches)
    let sessions = all
    let stored = nothingStored
    for (;;) {
      stored = plus(stored, yield* distributeSegment(sessions, current, destination))
      const changes = advance()
      if (changes === null) return stored
      const hasKept = stored.rejects + stored.skipped > 0
      sessions = yield* retypeBetween(sessions, hasKept, destination.retype(changes))
    }
  },
  Effect.scoped,
  Effect.tap((stored) =>
    Effect.annotateCurrentSpan({ "sluice.rows": stored.rows, "sluice.rows.rejected": stored.rejects }),
  ),
  (effect, sessions) =>
    Effect.withSpan(effect, "CopySink.copy", { attributes: { "sluice.copy.streams": sessions.length } }),
)
