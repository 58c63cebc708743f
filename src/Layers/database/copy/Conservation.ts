import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import type { TableLoad } from "../../../Domain/job/CopySink.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"

/** What has become of a load's records, as the server counted them. */
export interface Stored {
  /** Rows that COPY has taken. */
  readonly rows: number
  /** Records that were set aside, and kept. */
  readonly rejects: number
}

export const nothingStored: Stored = { rows: 0, rejects: 0 }

export const plus = (one: Stored, other: Stored): Stored => ({
  rows: one.rows + other.rows,
  rejects: one.rejects + other.rejects,
})

const breach = (what: string): LoadError =>
  loadError("internal_error", `${what} Nothing is committed: the worker has a fault.`)

/** What is wrong with a batch that should begin at this record; `null`: nothing. */
const wrongWith = (batch: CopyBatch, expected: number): string | null => {
  const { firstRecord, rejects, rows } = batch
  const end = firstRecord + rows + rejects.length
  if (firstRecord !== expected)
    return `Record ${expected} should have come next, and record ${firstRecord} did.`
  if (end === firstRecord) return `A batch at record ${firstRecord} was empty.`
  let last = firstRecord - 1
  for (const { record } of rejects) {
    if (record <= last || record >= end)
      return `Record ${record} was set aside by a batch of the records ${firstRecord} to ${end - 1}.`
    last = record
  }
  return null
}

/** The batches, as long as each begins with the record behind the last one's; then the stream fails. */
export const withoutGap = (
  batches: Stream.Stream<CopyBatch, LoadError>,
): Stream.Stream<CopyBatch, LoadError> =>
  Stream.suspend(() => {
    let next = 1
    return Stream.mapArrayEffect(batches, (some) => {
      for (const batch of some) {
        const wrong = wrongWith(batch, next)
        if (wrong !== null) return Effect.fail(breach(wrong))
        next += batch.rows + batch.rejects.length
      }
      return Effect.succeed(some)
    })
  })

/** Fails unless every record that was read is a row or a reject. To be asked before the load is committed. */
export const conserved = (load: TableLoad, stored: Stored): Effect.Effect<void, LoadError> =>
  Effect.suspend(() => {
    const read = load.records()
    return read === stored.rows + stored.rejects
      ? Effect.void
      : Effect.fail(
          breach(`${read} records were read, but ${stored.rows} loaded and ${stored.rejects} set aside.`),
        )
  })
