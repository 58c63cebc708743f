import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { makePause } from "../../Bytes/makePause.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import { inFile } from "../../Domain/load/inFile.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { RowEncoder } from "./RowEncoder.ts"

/** Rows that decide about the first types of the table, in bytes: as much as a preview reads. */
const sampleBytes = 1024 * 1024

/** Rejects and skipped lines count too, because a file can have nothing else. */
const sizeOf = ({ bytes, rejects, skipped }: CopyBatch): number => {
  let size = bytes.length
  for (const { raw } of rejects) size += raw.length
  for (const { raw } of skipped) size += raw.length
  return size
}

/** The batch in memory of its own: a slow source has many small ones, each in a large buffer. */
const compact = (batch: CopyBatch): CopyBatch => {
  const bytes = batch.bytes.slice()
  batch.release()
  return { ...batch, bytes, release: () => undefined }
}

/** @param read the batch before it was encoded */
const orFail = (batch: CopyBatch | LoadError, read: CopyBatch): Effect.Effect<CopyBatch, LoadError> =>
  "_tag" in batch ? Effect.fail(inFile(batch, read.file)) : Effect.succeed(batch)

/** Encodes batches one after the other. Rows with a value without its given type become rejects, or fail the load. */
export const encodeBatches =
  (encoder: RowEncoder) =>
  <R>(batches: Stream.Stream<CopyBatch, LoadError, R>): Stream.Stream<CopyBatch, LoadError, R> =>
    Stream.unwrap(
      Effect.map(makePause, (pause) =>
        Stream.mapArrayEffect(batches, (some) =>
          Effect.forEach(some, (batch) =>
            Effect.andThen(
              pause,
              Effect.suspend(() => orFail(encoder.encode(batch), batch)),
            ),
          ),
        ),
      ),
    )

/**
 * Infers the types of the table from the first rows. Returns all rows, those among them.
 *
 * @param encoder has afterwards the types that the table has to have for the first batch
 */
export const typeRows = Effect.fnUntraced(function* (
  batches: Stream.Stream<CopyBatch, LoadError>,
  encoder: RowEncoder,
): Effect.fn.Return<Stream.Stream<CopyBatch, LoadError>, LoadError, Scope.Scope> {
  const pull = yield* Stream.toPull(batches)
  const next = Pull.catchDone(pull, () => Effect.succeed(Arr.empty<CopyBatch>()))
  const sample: Array<CopyBatch> = []
  let size = 0
  let hasEnded = false
  const pause = yield* makePause
  while (size < sampleBytes && !hasEnded) {
    const some = yield* next
    hasEnded = some.length === 0
    for (const read of some) {
      yield* pause
      const batch = yield* orFail(encoder.rejectMisfits(read), read)
      encoder.observe(batch.bytes, batch)
      sample.push(compact(batch))
      size += sizeOf(batch)
    }
  }
  encoder.start()
  const rest = hasEnded ? Stream.empty : Stream.fromPull(Effect.succeed(pull))
  // The stream lives as long as the load, and would keep the sample.
  const first = Stream.suspend(() => Stream.fromArray(sample.splice(0)))
  return first.pipe(Stream.concat(rest), encodeBatches(encoder))
})
