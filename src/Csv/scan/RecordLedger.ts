import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { RepairReason } from "../../Domain/load/Findings.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import { type BadRow, reject } from "../record/BadRecord.ts"
import { rawText } from "../record/RawText.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"

/** Keeps account of the records behind the header: what each has become, and its number. */
export class RecordLedger {
  readonly #buffer: CopyBuffer
  #rejects: Array<Reject> = []
  /** Records that have left in batches. */
  batched = 0
  /** Records that became rows only by a repair. */
  readonly repairs: Partial<Record<RepairReason, number>> = {}

  /** @param buffer where the rows are made */
  constructor(buffer: CopyBuffer) {
    this.#buffer = buffer
  }

  /** Number of the record at hand, from 1. */
  get record(): number {
    return this.batched + this.#buffer.rows + this.#rejects.length + 1
  }

  /** Records set aside that have not left. */
  get waitingRejects(): number {
    return this.#rejects.length
  }

  /** The record at hand is set aside, all of its bytes being these. */
  setAside(bad: BadRow, bytes: Uint8Array): void {
    this.setAsideAs(bad, rawText(bytes), bytes.length)
  }

  /** The record at hand is set aside, with this text and length. */
  setAsideAs(bad: BadRow, raw: string, rawBytes: number): void {
    this.#rejects.push(reject(bad, raw, rawBytes))
  }

  /** The record at hand becomes a row by a repair. */
  repaired(reason: RepairReason): void {
    this.repairs[reason] = (this.repairs[reason] ?? 0) + 1
  }

  /** Hands over all records so far; `null` when there are none. */
  take(): CopyBatch | null {
    const batch = this.#buffer.take(this.batched + 1, this.#rejects)
    if (batch === null) return null
    this.batched += batch.rows + batch.rejects.length
    this.#rejects = []
    return batch
  }
}
