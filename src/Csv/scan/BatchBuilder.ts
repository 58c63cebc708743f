import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { RepairReason } from "../../Domain/load/Findings.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import { type RowProblem, rejectOf } from "../record/RecordProblem.ts"

/** Numbers the records after the header, and puts rows and rejects together into batches. */
export class BatchBuilder {
  readonly #buffer: CopyBuffer
  #rejects: Array<Reject> = []
  /** Records in the batches so far. */
  batched = 0
  /** Records that were repaired. */
  readonly repairs: Partial<Record<RepairReason, number>> = {}

  /** @param buffer contains the rows of the next batch */
  constructor(buffer: CopyBuffer) {
    this.#buffer = buffer
  }

  /** Number of the current record, from 1. */
  get record(): number {
    return this.batched + this.#buffer.rows + this.#rejects.length + 1
  }

  /** Rejects in the next batch. */
  get waitingRejects(): number {
    return this.#rejects.length
  }

  /** Rejects the current record, with this text and length in bytes. */
  reject(problem: RowProblem, raw: string, rawBytes: number): void {
    this.#rejects.push(rejectOf(problem, raw, rawBytes))
  }

  countRepair(reason: RepairReason): void {
    this.repairs[reason] = (this.repairs[reason] ?? 0) + 1
  }

  /** Returns the batch and starts the next one; `null` if there are no records. */
  take(): CopyBatch | null {
    const batch = this.#buffer.take(this.batched + 1, this.#rejects)
    if (batch === null) return null
    this.batched += batch.rows + batch.rejects.length
    this.#rejects = []
    return batch
  }
}
