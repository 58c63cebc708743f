import type { CsvOptions } from "../../Domain/load/options/CsvOptions.ts"
import { maxColumns } from "../../Domain/load/columns/Column.ts"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { SourcePlace } from "../../Domain/load/SourcePlace.ts"
import type { Reject, RejectReason } from "../../Domain/load/Reject.ts"

type RowProblemCode = Exclude<
  RejectReason,
  "invalid_encoding" | "type_mismatch" | "null_value" | "check_violated" | "other"
>
/** Only a header can have more columns than Postgres allows. */
export type RecordProblemCode = RowProblemCode | "too_many_columns"

/** Why a record cannot be loaded, as the scanner found it. Offsets are in bytes of the file. */
export interface RecordProblem {
  readonly code: RecordProblemCode
  /** Where the scanner noticed the problem (see `SourcePlace`); `column` is the number of the current field. */
  readonly record: number
  readonly line: number
  readonly column: number
  readonly byteOffset: number
  /** Number of columns of the table; 0 in the header. */
  readonly columns: number
  /** Start of the record. */
  readonly recordLine: number
  readonly recordOffset: number
  /** Start of the first surplus field. */
  readonly surplusOffset: number
  /** Start of the latest quoted field. */
  readonly quoteLine: number
  readonly quoteOffset: number
  /** Start of the latest multi-byte UTF-8 sequence. */
  readonly sequenceOffset: number
  readonly maxRecordSize: number
}

/** The problem of a record after the header. */
export interface RowProblem extends RecordProblem {
  readonly code: RowProblemCode
}

type Place = Pick<Reject, "record" | "line" | "column" | "byteOffset">

/** The place to look at, which is not always where the scanner noticed the problem. */
const placeOf = (problem: RecordProblem): Place => {
  const { record, line, column, byteOffset } = problem
  switch (problem.code) {
    case "ragged_record":
      return column > problem.columns
        ? {
            record,
            line: problem.recordLine,
            column: problem.columns + 1,
            byteOffset: problem.surplusOffset,
          }
        : { record, line: problem.recordLine, column: column + 1, byteOffset }
    case "record_too_large":
      return { record, line: problem.recordLine, column: null, byteOffset: problem.recordOffset }
    case "too_many_columns":
      return { record, line: problem.recordLine, column: maxColumns + 1, byteOffset: byteOffset + 1 }
    case "unterminated_quote":
      return { record, line: problem.quoteLine, column, byteOffset: problem.quoteOffset }
    case "invalid_utf8":
      return { record, line, column, byteOffset: problem.sequenceOffset }
    case "text_after_quote":
    case "nul_byte":
      return { record, line, column, byteOffset }
  }
}

const fields = (count: number): string => (count === 1 ? "1 field" : `${count} fields`)

const messageOf = (problem: RecordProblem, { line, byteOffset }: Place): string => {
  const { code, column, columns, maxRecordSize } = problem
  switch (code) {
    case "ragged_record": {
      const advice =
        column < columns
          ? "Add the missing fields; they may be empty."
          : "Quote any field that contains the delimiter, or remove the surplus fields."
      return `The record on line ${line} has ${fields(column)}, expected ${columns} as in the header. ${advice}`
    }
    case "record_too_large":
      return `The record that starts on line ${line} is longer than ${maxRecordSize} bytes. Look for a quote that is never closed, or raise MAX_RECORD_SIZE if the record is correct.`
    case "too_many_columns":
      return `The header on line ${line} has more than ${maxColumns} fields, the most columns that a Postgres table can have. Split the file by columns.`
    case "unterminated_quote":
      return `The quote that opens field ${column} on line ${line} is never closed. Close it, or double a quote that is part of the text.`
    case "text_after_quote":
      return `Text follows the closing quote of field ${column} on line ${line}. Double a quote that is part of the text, and put the delimiter directly after a closing quote.`
    case "nul_byte":
      return `Field ${column} on line ${line} contains a NUL byte, which Postgres cannot store in text. Remove it; a file with many NUL bytes is not UTF-8 text.`
    case "invalid_utf8":
      return `Field ${column} on line ${line} is not valid UTF-8 at byte ${byteOffset} of the file. Save the file as UTF-8, or give the option encoding if it is in another one.`
  }
}

/** The error that fails the load. */
export const errorOf = (problem: RecordProblem): LoadError => {
  const place = placeOf(problem)
  return loadError(problem.code, messageOf(problem, place), { place })
}

/**
 * The reject that is stored if the load continues. It has the same place and message as the error.
 *
 * @param raw text of the record, from `rawText`
 * @param rawBytes length of the whole record
 */
export const rejectOf = (problem: RowProblem, raw: string, rawBytes: number): Reject => {
  const place = placeOf(problem)
  return { ...place, reason: problem.code, message: messageOf(problem, place), raw, rawBytes }
}

/**
 * The message for bytes that are not valid in an encoding other than UTF-8. The decoder replaces them with an invalid
 * byte, so the scanner reports `invalid_utf8`.
 *
 * @param place with its offset in the file
 */
const undecodable = ({ byteOffset, column, line }: SourcePlace, encoding: Encoding): string =>
  `Field ${column} on line ${line} is not valid ${encoding} at byte ${byteOffset} of the file. Save the file as UTF-8, or give the option encoding if it is in another one.`

export const undecodableReject = (reject: Reject, encoding: Encoding): Reject => ({
  ...reject,
  reason: "invalid_encoding",
  message: undecodable(reject, encoding),
})

export const undecodableError = (place: SourcePlace, encoding: Encoding): LoadError =>
  loadError("invalid_encoding", undecodable(place, encoding), { place })

/** The error of a short header over records with more fields than a table can have columns. */
export const tooManyColumns = (columns: number): LoadError =>
  loadError(
    "too_many_columns",
    `The records have ${columns} fields, and a Postgres table can have at most ${maxColumns} columns. Split the file by columns.`,
  )

export const isRowProblem = (problem: RecordProblem): problem is RowProblem =>
  problem.code !== "too_many_columns"

/** The error of a file without any record, or with none that the user's options leave. */
export const emptyFile = ({ skipFooter = 0, skipLines = 0 }: CsvOptions = {}): LoadError => {
  const skips = [
    ...(skipLines > 0 ? [`skipLines=${skipLines}`] : []),
    ...(skipFooter > 0 ? [`skipFooter=${skipFooter}`] : []),
  ]
  return loadError(
    "empty_file",
    skips.length === 0
      ? "The file is empty: it has no header line. Check the file, or what its URL returns."
      : `No header line is left after ${skips.join(" and ")}. Give fewer lines to skip, or check the file.`,
  )
}

/** The error of a file that ends within its header. */
export const incompleteHeader = (rows: number): LoadError =>
  loadError("empty_file", `The file ends after ${rows} of the header's rows. Check headerRows and the file.`)
