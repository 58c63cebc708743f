import { maxColumns } from "../../Domain/load/Column.ts"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { Reject, RejectReason } from "../../Domain/load/Reject.ts"

/** What can be wrong with one record; a record of a table whose columns are known cannot have too many for Postgres. */
export type BadRecordCode = BadRowCode | "too_many_columns"
type BadRowCode = Exclude<RejectReason, "invalid_encoding">

/** A record that cannot become a row (or the header), as the scanner left it. Offsets are in the file. */
export interface BadRecord {
  readonly code: BadRecordCode
  /** Where the trouble was noticed: `SourcePlace`, with the number of the field reached. */
  readonly record: number
  readonly line: number
  readonly column: number
  readonly byteOffset: number
  /** Number of columns of the table; 0 in the header. */
  readonly columns: number
  /** Where the record starts. */
  readonly recordLine: number
  readonly recordOffset: number
  /** Where the first field too much starts. */
  readonly surplusOffset: number
  /** Where the latest quoted field starts. */
  readonly quoteLine: number
  readonly quoteOffset: number
  /** Where the latest UTF-8 sequence of several bytes starts. */
  readonly sequenceOffset: number
  readonly maxRecordSize: number
}

/** A record that could have become a row of a table whose columns are known. */
export interface BadRow extends BadRecord {
  readonly code: BadRowCode
}

type Place = Pick<Reject, "record" | "line" | "column" | "byteOffset">

/** Where the user should look, which is not always where the scanner noticed. */
const placeOf = (bad: BadRecord): Place => {
  const { record, line, column, byteOffset } = bad
  switch (bad.code) {
    case "ragged_record":
      return column > bad.columns
        ? { record, line: bad.recordLine, column: bad.columns + 1, byteOffset: bad.surplusOffset }
        : { record, line: bad.recordLine, column: column + 1, byteOffset }
    case "record_too_large":
      return { record, line: bad.recordLine, column: null, byteOffset: bad.recordOffset }
    case "too_many_columns":
      return { record, line: bad.recordLine, column: maxColumns + 1, byteOffset: byteOffset + 1 }
    case "unterminated_quote":
      return { record, line: bad.quoteLine, column, byteOffset: bad.quoteOffset }
    case "invalid_utf8":
      return { record, line, column, byteOffset: bad.sequenceOffset }
    case "text_after_quote":
    case "nul_byte":
      return { record, line, column, byteOffset }
  }
}

const fields = (count: number): string => (count === 1 ? "1 field" : `${count} fields`)

const messageOf = (bad: BadRecord, { line, byteOffset }: Place): string => {
  switch (bad.code) {
    case "ragged_record": {
      const advice =
        bad.column < bad.columns
          ? "Add what is missing; an empty field is enough."
          : "Put quotes around a field that holds the delimiter, or remove what is too much."
      return `The record on line ${line} has ${fields(bad.column)}, expected ${bad.columns} as in the header. ${advice}`
    }
    case "record_too_large":
      return `The record that starts on line ${line} is longer than ${bad.maxRecordSize} bytes. Look for a quote that is never closed; if the record is right, raise MAX_RECORD_SIZE.`
    case "too_many_columns":
      return `The header on line ${line} has more than ${maxColumns} fields, the most columns a Postgres table can have. Split the file by columns.`
    case "unterminated_quote":
      return `The quote that opens field ${bad.column} on line ${line} is never closed. Close it, or double a quote that is part of the text.`
    case "text_after_quote":
      return `Text follows the closing quote of field ${bad.column} on line ${line}. Double a quote that is part of the text, and put the delimiter right behind a closing one.`
    case "nul_byte":
      return `Field ${bad.column} on line ${line} holds a NUL byte, which Postgres text cannot. Remove it; a file with many of them is not UTF-8 text.`
    case "invalid_utf8":
      return `Field ${bad.column} on line ${line} is not valid UTF-8 at byte ${byteOffset} of the file. Save the file as UTF-8.`
  }
}

/** The error that a bad record ends the load with. */
export const refuse = (bad: BadRecord): LoadError => {
  const place = placeOf(bad)
  return loadError(bad.code, messageOf(bad, place), { place })
}

/**
 * What is kept of a bad record when the load goes on, with the error's place and words.
 *
 * @param raw its text, as `rawText` gives it
 * @param rawBytes length of all of it
 */
export const reject = (bad: BadRow, raw: string, rawBytes: number): Reject => {
  const place = placeOf(bad)
  return { ...place, reason: bad.code, message: messageOf(bad, place), raw, rawBytes }
}

/**
 * A reject of a file that is not UTF-8: what was no text in its own encoding, and so became a wrong byte.
 *
 * @param bad placed in the file
 */
export const undecodable = (bad: Reject, encoding: Encoding): Reject => ({
  ...bad,
  reason: "invalid_encoding",
  message: `Field ${bad.column} on line ${bad.line} is not valid ${encoding} at byte ${bad.byteOffset} of the file. Save the file as UTF-8, or say which encoding it is in.`,
})

/** There is no record at all, and so no header. */
export const emptyFile = (): LoadError =>
  loadError("empty_file", "The file is empty: it has no header line. Check what the URL serves.")
