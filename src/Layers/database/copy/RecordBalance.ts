import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"

/** Records that the server has stored, by its own count. */
export interface Stored {
  readonly rows: number
  readonly rejects: number
}

export const nothingStored: Stored = { rows: 0, rejects: 0 }

export const plus = (one: Stored, other: Stored): Stored => ({
  rows: one.rows + other.rows,
  rejects: one.rejects + other.rejects,
})

const lostRecords = (message: string): LoadError =>
  loadError("internal_error", `${message} Nothing was committed: this is a bug in the worker.`)

/** Describes a batch that does not continue at record `expected`, or whose rejects are wrong; `null` if it is correct. */
const inconsistency = (batch: CopyBatch, expected: number): string | null => {
  const { firstRecord, rejects, rows } = batch
  const end = firstRecord + rows + rejects.length
  if (firstRecord !== expected)
    return `Expected a batch at record ${expected}, got one at record ${firstRecord}.`
  if (end === firstRecord) return `The batch at record ${firstRecord} is empty.`
  let last = firstRecord - 1
  for (const { record } of rejects) {
    if (record <= last || record >= end)
      return `A batch of the records ${firstRecord} to ${end - 1} has record ${record} as a reject.`
    last = record
  }
  return null
}

/** Passes the batches through. Fails at the first one that does not start right after the previous one's last record. */
export const withoutGap = (
  batches: Stream.Stream<CopyBatch, LoadError>,
): Stream.Stream<CopyBatch, LoadError> =>
  Stream.suspend(() => {
    let next = 1
    return Stream.mapArrayEffect(batches, (chunk) => {
      for (const batch of chunk) {
        const found = inconsistency(batch, next)
        if (found !== null) return Effect.fail(lostRecords(found))
        next += batch.rows + batch.rejects.length
      }
      return Effect.succeed(chunk)
    })
  })

/** Fails unless every record that was read is stored, as a row or as a reject. Run it before the commit. */
export const checkBalance = (read: number, { rejects, rows }: Stored): Effect.Effect<void, LoadError> =>
  read === rows + rejects
    ? Effect.void
    : Effect.fail(lostRecords(`Read ${read} records, but stored ${rows} rows and ${rejects} rejects.`))
