import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import type { OpenedSource } from "../Domain/source/CsvSource.ts"
import type { Counters } from "../Domain/job/Progress.ts"
import type { Reject, RejectReason } from "../Domain/load/Reject.ts"

/**
 * Counts what a running attempt has moved. Written by the attempt's stream, chunk by chunk, and read by the
 * heartbeat: plain fields, for both run on one thread.
 */
export class Meter implements Counters {
  bytesTotal: number | null = null
  rowsLoaded = 0
  rowsRejected = 0
  firstReject: Reject | null = null
  /** Records that were set aside, by reason. */
  readonly rejects: Partial<Record<RejectReason, number>> = {}

  #received: () => number = () => 0
  #resumes: () => number = () => 0

  get bytesReceived(): number {
    return this.#received()
  }

  /** How much of the file has been received, from 0 to 1; `null` when its size was not declared. */
  get shareReceived(): number | null {
    const { bytesReceived, bytesTotal } = this
    return bytesTotal === null || bytesTotal === 0 ? null : Math.min(1, bytesReceived / bytesTotal)
  }

  get resumes(): number {
    return this.#resumes()
  }

  /** Counts what this source receives from now on. */
  follow(source: Pick<OpenedSource, "bytesTotal" | "bytesReceived" | "resumes">): void {
    this.bytesTotal = source.bytesTotal
    this.#received = source.bytesReceived
    this.#resumes = source.resumes
  }

  /** Counts the records of a batch that is on its way to the table. */
  count({ rejects, rows }: Pick<CopyBatch, "rejects" | "rows">): void {
    this.rowsLoaded += rows
    this.rowsRejected += rejects.length
    this.firstReject ??= rejects[0] ?? null
    for (const { reason } of rejects) this.rejects[reason] = (this.rejects[reason] ?? 0) + 1
  }

  /** The counters as they are now. */
  read(): Counters {
    const { bytesReceived, bytesTotal, resumes, rowsLoaded, rowsRejected } = this
    return { bytesReceived, bytesTotal, rowsLoaded, rowsRejected, resumes }
  }
}
