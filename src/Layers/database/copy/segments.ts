import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type { ColumnChange } from "../../../Domain/load/columns/ColumnChange.ts"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"

/** Cuts the batches of a load before each that changes columns of the table. */
export const segments = Effect.fnUntraced(function* (batches: Stream.Stream<CopyBatch, LoadError>) {
  const pull = yield* Stream.toPull(batches)
  let held: ReadonlyArray<CopyBatch> = []
  /** The batch that the current segment begins with. */
  let first: CopyBatch | undefined
  const next: Pull.Pull<Arr.NonEmptyReadonlyArray<CopyBatch>, LoadError> = Effect.gen(function* () {
    const some = held.length > 0 ? held : yield* pull
    const cut = some.findIndex((batch) => batch !== first && batch.changes !== undefined)
    held = cut === -1 ? [] : some.slice(cut)
    const ready = cut === -1 ? some : some.slice(0, cut)
    return Arr.isReadonlyArrayNonEmpty(ready) ? ready : yield* Cause.done()
  })
  return {
    /** The batches of the current segment. */
    current: Stream.fromPull(Effect.succeed(next)),
    /** Begins the next segment. Returns the changes to make before its first batch; `null` after the last segment. */
    advance: (): ReadonlyArray<ColumnChange> | null => {
      first = held[0]
      return first?.changes ?? null
    },
  }
})
