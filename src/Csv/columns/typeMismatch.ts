import { type CopyBatch, recordOfRow, type RowOrigin } from "../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import type { Refusal } from "../types/lenient/GivenNotation.ts"
import type { Misfit } from "./findMisfits.ts"

const maxShown = 60

const decoder = new TextDecoder()

const otherAdvice = "Correct the value, or give the column this text in nullValues"

/** @param formats date formats that the value has */
const adviceOf = (
  refusal: Refusal | undefined,
  formats: ReadonlyArray<string>,
  isExisting: boolean,
): string => {
  const dateFormats = formats.map((format) => `dateFormat=${format}`).join(" or ")
  if (refusal === "decimal")
    return "Its point or comma may separate thousands or decimal places. Give decimal=. or decimal=,."
  if (refusal === "dateFormat") return `Its day or its month may come first. Give ${dateFormats}.`
  if (refusal === "other")
    return "The values before have another unit, decimal sign or date format, and a column has one. Load it as text, or correct the value."
  const advice = isExisting ? `${otherAdvice}.` : `${otherAdvice}, or another type.`
  return dateFormats === "" ? advice : `It has ${dateFormats}. ${advice}`
}

/** What is wrong with a row, and what to do. */
const explained = (
  { message, reason, refusal }: Misfit,
  { existingType, name, type }: PlannedColumn,
  formats: ReadonlyArray<string>,
  value: string,
  place: string,
): string => {
  const column = `Column ${JSON.stringify(name)}`
  if (reason === "null_value")
    return `${column} may not be NULL, but has no value in ${place}. Give it one, or correct nullValues.`
  if (reason === "check_violated")
    return `${column} has ${value} in ${place}, which the table does not allow: ${message}. Correct the value.`
  const why = message === undefined ? "" : `: ${message}`
  return `${column} cannot be ${existingType ?? type}: its value in ${place}, is ${value}${why}. ${adviceOf(refusal, formats, existingType !== undefined)}`
}

/**
 * The reject for a row of the batch that the table cannot have.
 *
 * @param column of the misfit
 * @param formats date formats that its value has
 */
export const misfitReject = (
  { bytes, firstRecord, rejectRow, rejects }: CopyBatch,
  misfit: Misfit,
  column: PlannedColumn | undefined,
  formats: ReadonlyArray<string>,
): Reject => {
  const { reason, row, valueFrom, valueTo } = misfit
  const number = column === undefined ? null : column.index + 1
  const origin: RowOrigin = rejectRow?.(row, number ?? 1) ?? { line: 0, byteOffset: 0, raw: "", rawBytes: 0 }
  const record = recordOfRow(
    firstRecord,
    row,
    rejects.map((reject) => reject.record),
  )
  // A character takes four bytes at most.
  const text = decoder.decode(bytes.subarray(valueFrom, Math.min(valueTo, valueFrom + 4 * maxShown)))
  const value = JSON.stringify(Array.from(text).slice(0, maxShown).join(""))
  const place = `record ${record}, on line ${origin.line}`
  return {
    ...origin,
    record,
    column: origin.column === undefined ? number : origin.column,
    reason,
    message:
      column === undefined
        ? `The table does not allow ${place}: ${misfit.message}. Correct the record.`
        : explained(misfit, column, formats, value, place),
  }
}

/** The error that fails the load instead. */
export const mismatchError = ({ byteOffset, column, line, message, reason, record }: Reject): LoadError =>
  loadError(reason, message, { place: { record, line, column, byteOffset } })
