import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { sizeOf } from "../session/CopyIn.ts"

/** In bytes of rows. */
const maxSize = ByteSize.toNumberUnsafe(ByteSize.kibibytes(64))

type Batches = Stream.Stream<CopyBatch, LoadError>

/** Whether a batch has nothing but rows. */
const isPlain = ({ changes, rejects, skipped }: CopyBatch): boolean =>
  changes === undefined && rejects.length + skipped.length === 0

/**
 * Reads a load that should be small to its end.
 *
 * @returns all batches if they have rows only, few of them; otherwise a stream of them, as `batches` was
 */
export const takeSmall = Effect.fnUntraced(function* (batches: Batches) {
  const pull = yield* Stream.toPull(batches)
  const taken: Array<CopyBatch> = []
  let size = 0
  while (size <= maxSize && taken.every(isPlain)) {
    const some = yield* Pull.catchDone(pull, () => Effect.succeed(null))
    if (some === null) return taken
    taken.push(...some)
    for (const batch of some) size += sizeOf(batch)
  }
  return Stream.concat(Stream.fromIterable(taken), Stream.fromPull(Effect.succeed(pull)))
})
