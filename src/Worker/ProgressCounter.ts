import type { Counters } from "../Domain/job/Progress.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import type { Findings } from "../Domain/load/Findings.ts"
import { messageInFile } from "../Domain/load/inFile.ts"
import type { Reject, RejectReason } from "../Domain/load/Reject.ts"
import type { SourcePlace } from "../Domain/load/SourcePlace.ts"
import type { RowChanges } from "../Domain/load/SchemaChanges.ts"
import type { OpenedSource } from "../Domain/source/CsvSource.ts"

/**
 * Counts what a running attempt has received and loaded. The attempt's stream writes it and the heartbeat reads it.
 * Plain fields are safe, because both run on one thread.
 */
export class ProgressCounter implements Counters {
  rowsLoaded = 0
  rowsRejected = 0
  firstReject: (Reject & Pick<SourcePlace, "fileUrl">) | null = null
  /** Number of rejects by reason. */
  readonly rejects: Partial<Record<RejectReason, number>> = {}
  /** How the file has been read so far; `null` until its format is known. */
  findings: () => Findings | null = () => null
  /** What the committed load did to the rows of its table; `null` until then. */
  changes: RowChanges | null = null
  /** Has the numbers of bytes and resumes, and the compression. */
  source:
    | (Pick<OpenedSource, "bytesTotal" | "bytesReceived" | "resumes" | "compression"> & {
        readonly current: number | null
      })
    | null = null

  private taken: {
    readonly bytes: number
    readonly rows: number
    readonly rejects: Partial<Record<RejectReason, number>>
  } = { bytes: 0, rows: 0, rejects: {} }

  get bytesTotal(): number | null {
    return this.source?.bytesTotal ?? null
  }

  get bytesReceived(): number {
    return this.source?.bytesReceived() ?? 0
  }

  get file(): number | null {
    return this.source?.current ?? null
  }

  get resumes(): number {
    return this.source?.resumes() ?? 0
  }

  /** The part of the file that has been received, from 0 to 1; `null` when its size was not declared. */
  get shareReceived(): number | null {
    const { bytesReceived, bytesTotal } = this
    return bytesTotal === null || bytesTotal === 0 ? null : Math.min(1, bytesReceived / bytesTotal)
  }

  /** Counts the records of a batch. */
  count({ file, rejects, rows }: Pick<CopyBatch, "file" | "rejects" | "rows">): void {
    this.rowsLoaded += rows
    this.rowsRejected += rejects.length
    const [first] = rejects
    if (first !== undefined)
      this.firstReject ??=
        file === undefined
          ? first
          : { ...first, message: messageInFile(file.url, first.message), fileUrl: file.url }
    for (const { reason } of rejects) this.rejects[reason] = (this.rejects[reason] ?? 0) + 1
  }

  /** What was received, loaded and rejected since the last call. */
  takeNew() {
    const { bytesReceived: bytes, rowsLoaded: rows, taken } = this
    const rejects = { ...this.rejects }
    this.taken = { bytes, rows, rejects }
    return {
      bytes: bytes - taken.bytes,
      rows: rows - taken.rows,
      rejects: (reason: RejectReason) => (rejects[reason] ?? 0) - (taken.rejects[reason] ?? 0),
    }
  }

  /** A copy of the current counters. */
  read(): Counters {
    const { bytesReceived, bytesTotal, file, resumes, rowsLoaded, rowsRejected } = this
    return { bytesReceived, bytesTotal, rowsLoaded, rowsRejected, file, resumes }
  }
}
