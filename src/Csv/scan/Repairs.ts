import type { RepairedRecord, RepairReason } from "../../Domain/load/Findings.ts"

/** Repaired records whose numbers are kept. */
const maxRecords = 20

/** Records that were repaired. */
export class Repairs {
  readonly counts: Partial<Record<RepairReason, number>> = {}
  /** The first of them. */
  readonly first: Array<RepairedRecord> = []

  /** @param record its number, from 1; 0 for the header */
  add(reason: RepairReason, record: number): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1
    if (this.first.length < maxRecords) this.first.push({ record, reason })
  }
}
