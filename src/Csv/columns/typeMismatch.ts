import { type CopyBatch, recordOfRow } from "../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"

const maxShown = 60

/** The error for a value that does not have the type that the user gave its column. */
export const typeMismatch = (
  { firstRecord, rejects }: CopyBatch,
  row: number,
  column: PlannedColumn,
  text: string,
): LoadError => {
  const rejected = rejects.map((reject) => reject.record)
  const record = recordOfRow(firstRecord, row, rejected)
  return loadError(
    "type_mismatch",
    `Column ${JSON.stringify(column.name)} cannot be ${column.type}: its value in record ${record} is ` +
      `${JSON.stringify(text.slice(0, maxShown))}. Correct the value, or give the column this text in nullValues, or another type.`,
    { place: { record, column: column.index + 1 } },
  )
}
