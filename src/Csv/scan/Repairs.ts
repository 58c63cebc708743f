import type { RepairedRecord, RepairReason } from "../../Domain/load/Findings.ts"
import { previewedRecords } from "../../Domain/load/previewedRecords.ts"

/** Records that were repaired. */
export class Repairs {
  readonly counts: Partial<Record<RepairReason, number>> = {}
  /** Those among the first records of the file, for previews. */
  readonly first: Array<RepairedRecord> = []

  /** @param record its number, from 1; 0 for the header */
  add(reason: RepairReason, record: number): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1
    if (record > 0 && record <= previewedRecords) this.first.push({ record, reason })
  }
}
