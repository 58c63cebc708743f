import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { LoadSummary } from "../../../Domain/job/CopySink.ts"
import type { CopyBatch } from "../../../Domain/load/CopyBatch.ts"
import { unaccountedLines } from "../../../Domain/load/LineCounts.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { countKept, maxKeptLines } from "../../../Domain/load/SkippedLine.ts"

/** Records and skipped lines that the server has stored, by its own count. */
export interface Stored {
  readonly rows: number
  readonly rejects: number
  readonly skipped: number
}

export const nothingStored: Stored = { rows: 0, rejects: 0, skipped: 0 }

export const plus = (one: Stored, other: Stored): Stored => ({
  rows: one.rows + other.rows,
  rejects: one.rejects + other.rejects,
  skipped: one.skipped + other.skipped,
})

/** The server stored another number of rows, rejects or skipped lines than it was sent. */
export const wrongCount = (what: string, sent: number, stored: number): LoadError =>
  loadError("internal_error", `Sent ${sent} ${what} to Postgres, which stored ${stored}.`)

const lost = (message: string): LoadError =>
  loadError("internal_error", `${message} Nothing was committed: this is a bug in the worker.`)

/** Checks that the batches of a load follow each other without a gap. */
class BatchOrder {
  #nextRecord = 1
  #lastSkipped = 0
  #keptLines = 0

  /** Describes a batch that is not the next one, or whose rejects or skipped lines are wrong; `null` if it is correct. */
  inconsistency({ file, firstRecord, rejects, rows, skipped }: CopyBatch): string | null {
    const end = firstRecord + rows + rejects.length
    if (firstRecord !== this.#nextRecord)
      return `Expected a batch at record ${this.#nextRecord}, got one at record ${firstRecord}.`
    if (end === firstRecord && skipped.length === 0) return `The batch at record ${firstRecord} is empty.`
    let last = firstRecord - 1
    for (const { record } of rejects) {
      if (record <= last || record >= end)
        return `A batch of the records ${firstRecord} to ${end - 1} has record ${record} as a reject.`
      last = record
    }
    for (const skippedLine of skipped) {
      const line = skippedLine.line + (file?.linesBefore ?? 0)
      if (line <= this.#lastSkipped) return `Line ${line} is skipped after line ${this.#lastSkipped}.`
      this.#lastSkipped = line
    }
    this.#nextRecord = end
    return null
  }

  /** The batch without the skipped lines beyond the limit of those that are kept. */
  limited(batch: CopyBatch): CopyBatch {
    const free = maxKeptLines - this.#keptLines
    this.#keptLines += Math.min(free, batch.skipped.length)
    return batch.skipped.length <= free ? batch : { ...batch, skipped: batch.skipped.slice(0, free) }
  }
}

/**
 * Passes the batches through, but only the first skipped lines of the file (`maxKeptLines`). Fails at the first batch
 * that does not start right after the previous one's last record.
 */
export const withoutGap = (
  batches: Stream.Stream<CopyBatch, LoadError>,
): Stream.Stream<CopyBatch, LoadError> =>
  Stream.suspend(() => {
    const order = new BatchOrder()
    return Stream.mapArrayEffect(batches, (chunk) => {
      for (const batch of chunk) {
        const found = order.inconsistency(batch)
        if (found !== null) return Effect.fail(lost(found))
      }
      return Effect.succeed(Arr.map(chunk, (batch) => order.limited(batch)))
    })
  })

/**
 * Fails unless every line of the file is accounted for, and every record and skipped line that was read is stored. Run it
 * before the commit.
 */
export const checkBalance = (
  { findings: { lines, skipped }, records }: Pick<LoadSummary, "findings" | "records">,
  stored: Stored,
): Effect.Effect<void, LoadError> => {
  const { rejects, rows } = stored
  if (records !== rows + rejects)
    return Effect.fail(lost(`Read ${records} records, but stored ${rows} rows and ${rejects} rejects.`))
  const kept = countKept(skipped)
  if (kept !== stored.skipped)
    return Effect.fail(lost(`Read ${kept} skipped lines to keep, but stored ${stored.skipped}.`))
  const missing = unaccountedLines(lines, skipped)
  return missing === 0
    ? Effect.void
    : Effect.fail(
        lost(
          `The file has ${lines.total} lines, but ${lines.total - missing} were counted by what they are.`,
        ),
      )
}
