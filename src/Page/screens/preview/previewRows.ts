import type { Preview } from "../../client/preview.ts"

/** A line or record of the file, as the grid shows it. */
export type PreviewRow =
  | {
      readonly kind: "row"
      readonly record: number
      readonly cells: ReadonlyArray<string | null>
      /** How the record was repaired; `null` if it was not. */
      readonly repair: Preview["repairedRecords"][number]["reason"] | null
      /** What it does to a table that exists; `null` if that is not known. */
      readonly change: NonNullable<Preview["rowChanges"]>[number] | null
    }
  | {
      readonly kind: "reject"
      readonly reject: Preview["rejects"][number]
      /** Position of the column that its value does not fit, from 0; -1 if there is none. */
      readonly misfit: number
    }
  | { readonly kind: "skipped"; readonly skipped: Preview["skippedLines"][number] }

/** Number of records that a preview has. */
export const recordsIn = ({ records, rejects }: Pick<Preview, "records" | "rejects">): number =>
  records.length + rejects.length

/**
 * The first records in the order of the file, with skipped lines above them, and a footer below. Rows have no numbers: they are
 * the records that are not rejects.
 *
 * @param most records
 */
export const previewRows = (preview: Preview, most: number): ReadonlyArray<PreviewRow> => {
  const { columns, records, rejects, repairedRecords, rowChanges, skippedLines } = preview
  const repairs = new Map(repairedRecords.map(({ reason, record }) => [record, reason]))
  const rejected = new Map(rejects.map((reject) => [reject.record, reject]))
  const inOrder: Array<PreviewRow> = []
  let next = 0
  for (let record = 1; record <= Math.min(most, recordsIn(preview)); record += 1) {
    const reject = rejected.get(record)
    const cells = records[next]
    if (reject !== undefined) {
      const misfit = columns.findIndex(({ number }) => number !== null && number === reject.column)
      inOrder.push({ kind: "reject", reject, misfit })
    } else if (cells !== undefined) {
      inOrder.push({
        kind: "row",
        record,
        cells,
        repair: repairs.get(record) ?? null,
        change: rowChanges?.[next] ?? null,
      })
      next += 1
    }
  }
  const lines = skippedLines.map((skipped) => ({ kind: "skipped", skipped }) as const)
  return [
    ...lines.filter(({ skipped }) => skipped.kind !== "footer"),
    ...inOrder,
    ...lines.filter(({ skipped }) => skipped.kind === "footer"),
  ]
}
