import { type CopyBatch, recordOfRow } from "../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import type { Refusal } from "../types/lenient/GivenNotation.ts"
import type { Misfit } from "./findMisfits.ts"

const maxShown = 60

const decoder = new TextDecoder()

const otherAdvice = "Correct the value, or give the column this text in nullValues, or another type."

/** @param formats date formats that the value has */
const adviceOf = (refusal: Refusal, formats: ReadonlyArray<string>): string => {
  const dateFormats = formats.map((format) => `dateFormat=${format}`).join(" or ")
  if (refusal === "decimal")
    return "Its point or comma may separate thousands or decimal places. Give decimal=. or decimal=,."
  if (refusal === "dateFormat") return `Its day or its month may come first. Give ${dateFormats}.`
  if (refusal === "other")
    return "The values before have another unit, decimal sign or date format, and a column has one. Load it as text, or correct the value."
  return dateFormats === "" ? otherAdvice : `It has ${dateFormats}. ${otherAdvice}`
}

/** The reject for a row of the batch with a value that does not have the type that the user gave its column. */
export const typeMismatch = (
  { bytes, firstRecord, rejectRow, rejects }: CopyBatch,
  { refusal, row, valueFrom, valueTo }: Misfit,
  { index, name, type }: PlannedColumn,
  formats: ReadonlyArray<string>,
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
      `${JSON.stringify(Array.from(text).slice(0, maxShown).join(""))}. ${adviceOf(refusal, formats)}`,
  }
}

/** The error that fails the load instead. */
export const mismatchError = ({ byteOffset, column, line, message, record }: Reject): LoadError =>
  loadError("type_mismatch", message, { place: { record, line, column, byteOffset } })
