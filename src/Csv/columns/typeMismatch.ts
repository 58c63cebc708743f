import { type CopyBatch, recordOfRow } from "../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import type { Misfit } from "./findMisfits.ts"

const maxShown = 60

const decoder = new TextDecoder()

/** The reject for a row of the batch with a value that does not have the type that the user gave its column. */
export const typeMismatch = (
  { bytes, firstRecord, rejectRow, rejects }: CopyBatch,
  { row, valueFrom, valueTo }: Misfit,
  { index, name, type }: PlannedColumn,
): Reject => {
  const column = index + 1
  const origin = rejectRow?.(row, column) ?? { line: 0, byteOffset: 0, raw: "", rawBytes: 0 }
  const record = recordOfRow(
    firstRecord,
    row,
    rejects.map((reject) => reject.record),
  )
  // A character takes four bytes at most.
  const text = decoder.decode(bytes.subarray(valueFrom, Math.min(valueTo, valueFrom + 4 * maxShown)))
  return {
    ...origin,
    record,
    column,
    reason: "type_mismatch",
    message:
      `Column ${JSON.stringify(name)} cannot be ${type}: its value in record ${record}, on line ${origin.line}, is ` +
      `${JSON.stringify(Array.from(text).slice(0, maxShown).join(""))}. Correct the value, or give the column this text in nullValues, or another type.`,
  }
}

/** The error that fails the load instead. */
export const mismatchError = ({ byteOffset, column, line, message, record }: Reject): LoadError =>
  loadError("type_mismatch", message, { place: { record, line, column, byteOffset } })
