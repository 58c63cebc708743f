import type { ColumnChange } from "./columns/ColumnChange.ts"
import type { Reject } from "./Reject.ts"
import type { SkippedLine } from "./SkippedLine.ts"
import type { TextFormat } from "./TextFormat.ts"

/** Rows in COPY's text format. */
export interface TextRows {
  readonly format: TextFormat
  /** In their order. Most are parts of the file as they are. */
  readonly parts: ReadonlyArray<Uint8Array>
}

/** The record of a row in the file. */
export interface RowOrigin extends Pick<Reject, "line" | "byteOffset" | "raw" | "rawBytes"> {
  /** The column of the file that the place is of; absent: the requested one. */
  readonly column?: number | null
}

/** One of the files of a load. */
export interface BatchFile {
  /** Its URL as it is shown, which no other file of the load has. */
  readonly url: string
  /** Number of lines of the files before it. */
  readonly linesBefore: number
}

/** A row that a table which exists cannot have. */
export interface RefusedRow {
  /** Number of the row in its batch, from 0. */
  readonly row: number
  /** Position of the column among those that are loaded, from 0; `null` if it is not known. */
  readonly column: number | null
  readonly reason: "type_mismatch" | "check_violated"
  /** Why, as the database says it. */
  readonly message: string
}

/**
 * Whole rows in COPY's binary format, without its header and trailer (Postgres documentation, COPY), or in its text format, and
 * the rejects between them. Rows and rejects together are the file's next records without a gap: `rows + rejects.length` of them. A
 * batch without records has skipped lines.
 */
export interface CopyBatch {
  /** Values in the binary form of their columns' types; text is UTF-8. The receiver owns the bytes until it calls `release`. */
  readonly bytes: Uint8Array
  /** The rows, if they are in text format. Then `bytes` is empty. */
  readonly text?: TextRows
  readonly rows: number
  /** Columns of the table that need another type before these rows, and all later ones, are stored. */
  readonly changes?: ReadonlyArray<ColumnChange>
  /** Number of the first record, row or reject, over all files of the load, from 1; of the next one if the batch has none. */
  readonly firstRecord: number
  /** The file of the batch, if the load has several; absent: one. */
  readonly file?: BatchFile
  /** In the file's order. */
  readonly rejects: ReadonlyArray<Reject>
  /** All but blank lines, in the file's order. Those before the header come with the first batch. */
  readonly skipped: ReadonlyArray<SkippedLine>
  /**
   * Finds the record of a row that the table cannot hold, so that it can be a reject instead, and counts its lines as such.
   * Absent unless the reader was asked for it.
   *
   * @param row from 0; greater than in the call before
   * @param column of the file that the place is of, from 1
   */
  readonly rejectRow?: (row: number, column: number) => RowOrigin
  /** The line in which a row begins, by its number from 0. */
  readonly lineOfRow?: (row: number) => number
  /** Rows that have to become rejects, ascending; absent: none. */
  readonly refused?: ReadonlyArray<RefusedRow>
  /** Returns the memory of the bytes to the sender, which reuses it. Calling it is optional and saves memory. */
  readonly release: () => void
}

/**
 * Number in the file of the row `row` of a batch, from 0: the numbers of its rejects are between those of its rows. Likewise the
 * number that a row had before others were removed.
 *
 * @param rejected record numbers of the rejects, ascending
 */
export const recordOfRow = (firstRecord: number, row: number, rejected: ReadonlyArray<number>): number => {
  let record = firstRecord + row
  for (const other of rejected) {
    if (other > record) break
    record++
  }
  return record
}
