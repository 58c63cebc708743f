import { carriageReturn, lineFeed } from "../../../Bytes/Ascii.ts"
import { type LoadWarning, loadWarning } from "../../../Domain/load/LoadWarning.ts"
import { fieldHead, nullLength, rowHead } from "../../record/CopyBinary.ts"
import { Kind, type ScanRules } from "../../record/ScanRules.ts"
import { State } from "../../record/ScanState.ts"
import { areBlankLinesRare } from "./areBlankLinesRare.ts"
import type { Stop } from "../ByteScan.ts"
import type { ScanContext } from "../ScanContext.ts"
import type { StrideScan } from "../StrideScan.ts"
import { cellsAt, fieldSize, lineEndsOf, rowEnd } from "./copyRows.ts"
import { isSwallowed } from "./isSwallowed.ts"
import type { OtherTable } from "./OtherTable.ts"

const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf)

const number = /^[-+(]?[\d., ']*\d[\d., ']*\)?%?$/

interface Place {
  readonly line: number | null
  readonly name: string
}

/**
 * Looks for valid rows that may not be what they seem: lines that a stray quote joined, and the beginning of another
 * table. Rows that take one line each, without blank lines between them, are only searched for the header and a byte
 * order mark.
 */
export class SuspectRows {
  readonly #context: ScanContext
  readonly #rules: ScanRules
  /** The header as a row; empty if there is none. */
  #header = Buffer.alloc(0)
  /** The header's longest name. */
  #longestName = Buffer.alloc(0)
  /** `#header` from that name on. It is searched first, because zeros at the beginning slow the search down. */
  #headerEnd = Buffer.alloc(0)
  /** The header as a line without its end. */
  #headerLine = Buffer.alloc(0)
  /** Columns with a number in the first row; `null` before it. */
  #numeric: ReadonlyArray<boolean> | null = null
  #swallowed = 0
  #firstSwallowed: Place | null = null
  readonly #otherTable: OtherTable

  /** The state at the start of the step. */
  #at = 0
  #previous = 0
  #line = 1
  #recordLine = 1
  #isOpen = false
  #rows = 0
  #rowsEnd = 0
  #rowLines = 0
  #blankLines = 0
  #blankLinesAtRow = 0

  constructor(context: ScanContext, rules: ScanRules, otherTable: OtherTable) {
    this.#context = context
    this.#rules = rules
    this.#otherTable = otherTable
  }

  /** @param row the header in COPY's format */
  set header(row: Uint8Array) {
    const header = Buffer.from(row)
    for (let at = rowHead; at < header.length;) {
      const length = fieldSize(header, at)
      if (length > this.#longestName.length) {
        this.#headerEnd = header.subarray(at + fieldHead)
        this.#longestName = this.#headerEnd.subarray(0, length)
      }
      if (length === 0 && this.#rules.isUnquotedEmptyNull) header.writeInt32BE(nullLength, at)
      at += fieldHead + length
    }
    this.#header = header
    this.#headerLine = Buffer.from(cellsAt(header, 0).join(String.fromCharCode(this.#rules.delimiter)))
  }

  /** The warning of lines that a quote joined; `null` if there are none. */
  get swallowed(): LoadWarning | null {
    const first = this.#firstSwallowed
    if (first === null) return null
    return loadWarning(
      "swallowed_lines",
      `${this.#swallowed} ${this.#swallowed === 1 ? "record has" : "records have"} a cell of several lines, each of which would be a record by itself. The first is the record ${first.name}. If a quote there is text, give quote=none.`,
      first.line,
    )
  }

  /**
   * Up to where records that start at `state.at`, none of which has a field in quotes, are not suspect: `to`, or the start of a line
   * in the chunk before it.
   */
  unsuspectedEnd(to: number): number {
    const { state, window } = this.#context
    const { at } = state
    if (this.#numeric === null || state.blankLines > state.blankLinesAtRow) return at
    if (!this.#otherTable.isOpen) return to
    const { buffer, byteOffset } = window.chunk
    const text = Buffer.from(buffer, byteOffset + at, to - at)
    const joined = state.isAscii ? -1 : text.indexOf(byteOrderMark)
    const hasName = this.#longestName.length > 0 && text.includes(this.#longestName)
    const header = hasName ? text.indexOf(this.#headerLine) : -1
    const first = joined === -1 || header === -1 ? Math.max(joined, header) : Math.min(joined, header)
    return first === -1 ? to : at + text.lastIndexOf(lineFeed, first) + 1
  }

  /** Runs a step of the scan, up to `to`, and examines its rows. */
  observe(scan: StrideScan, to: number): Stop | null {
    const { buffer, state, window } = this.#context
    this.#beginStep()
    const stop = scan.advance(window.chunk, to, state, buffer)
    this.#endStep(scan.suspectRows)
    return stop
  }

  #beginStep(): void {
    const { buffer, state, window } = this.#context
    this.#at = state.at
    this.#previous = state.at > 0 ? window.chunk[state.at - 1]! : state.previous
    this.#line = state.line
    this.#recordLine = state.recordLine
    this.#isOpen = state.column > 1 || state.state !== State.start
    this.#rows = buffer.rows
    this.#rowsEnd = buffer.rowsEnd
    this.#rowLines = state.rowLines
    this.#blankLines = state.blankLines
    this.#blankLinesAtRow = state.blankLinesAtRow
  }

  /** @param suspectRows up to which row lines may have been swallowed */
  #endStep(suspectRows: number): void {
    const { buffer, state } = this.#context
    const rows = buffer.rows - this.#rows
    if (rows === 0 || state.columns < 2) return
    const bytes = Buffer.from(
      buffer.bytes.buffer,
      buffer.bytes.byteOffset + this.#rowsEnd,
      buffer.rowsEnd - this.#rowsEnd,
    )
    this.#numeric ??= cellsAt(bytes, 0).map((cell) => number.test(cell))
    const { isOpen } = this.#otherTable
    const hasBlank = state.blankLinesAtRow > this.#blankLinesAtRow
    const joined = isOpen && !state.isAscii ? bytes.indexOf(byteOrderMark) : -1
    const hasEnd = isOpen && this.#longestName.length > 0 && bytes.includes(this.#headerEnd)
    const header = hasEnd ? bytes.indexOf(this.#header) : -1
    const isBlankRare = areBlankLinesRare(this.#context)
    const hasLines = state.rowLines - this.#rowLines !== rows
    const swallowed = hasLines ? this.#swallowedIn(bytes, Math.min(rows, suspectRows)) : 0
    const isFirst = swallowed > 0 && this.#swallowed === 0
    this.#swallowed += swallowed
    if (isFirst || joined !== -1 || header !== -1 || (isOpen && hasBlank && isBlankRare))
      this.#walk(bytes, rows, header, hasBlank, isBlankRare)
  }

  /** How many of the first rows have a cell of several lines that would be records. */
  #swallowedIn(bytes: Buffer, rows: number): number {
    const { columns } = this.#context.state
    let count = 0
    let lineEndAt = 0
    let at = 0
    for (let row = 0; row < rows; row++) {
      const end = rowEnd(bytes, at, columns)
      // Lengths of fields have such bytes too.
      if (lineEndAt < at) lineEndAt = bytes.indexOf(lineFeed, at)
      if (lineEndAt === -1) break
      if (lineEndAt < end && isSwallowed(bytes, at, end, columns, this.#rules)) count++
      at = end
    }
    return count
  }

  /** @param header where the header is among the rows, or -1 */
  #walk(bytes: Buffer, rows: number, header: number, hasBlank: boolean, isBlankRare: boolean): void {
    const { batch, state, window } = this.#context
    const { columns } = state
    const { chunk } = window
    const { extras, unquoted } = this.#rules
    // A line of spaces is blank where they are skipped, so lines cannot be counted here. Whether there is one in this step must
    // not matter, because the result would depend on how the file is cut.
    const isLineKnown =
      unquoted[carriageReturn] === Kind.carriageReturn && (extras === null || extras.blank === -1)
    const firstRecord = batch.record - rows
    let previous = this.#previous
    let input = this.#at
    /** Passes a byte of the chunk. Returns the number of lines that it ends. */
    const pass = (): number => {
      const byte = chunk[input++]!
      const isEnd = byte === carriageReturn || (byte === lineFeed && previous !== carriageReturn)
      previous = byte
      return isEnd ? 1 : 0
    }
    let line = this.#recordLine
    let at = 0
    for (let row = 0; row < rows; row++) {
      let isAfterBlank = row === 0 && this.#blankLines > this.#blankLinesAtRow
      if (hasBlank && (row > 0 || !this.#isOpen))
        while (chunk[input] === lineFeed || chunk[input] === carriageReturn)
          if (pass() === 1) {
            line++
            isAfterBlank = true
          }
      const end = rowEnd(bytes, at, columns)
      const lineEnds = lineEndsOf(bytes, at, end)
      const place = (): Place => ({
        line: isLineKnown ? line : null,
        name: isLineKnown ? `in line ${line}` : `number ${firstRecord + row}`,
      })
      if (this.#firstSwallowed === null && lineEnds > 0 && isSwallowed(bytes, at, end, columns, this.#rules))
        this.#firstSwallowed = place()
      if (this.#otherTable.isOpen) {
        if (at === header) this.#found(place(), "repeats the header. The file may be several files in one.")
        else if (byteOrderMark.equals(bytes.subarray(at + rowHead + fieldHead, at + rowHead + fieldHead + 3)))
          this.#found(place(), "starts with a byte order mark. The file may be several files in one.")
        else if (isAfterBlank && isBlankRare && this.#lacksNumbers(cellsAt(bytes, at)))
          this.#found(
            place(),
            "follows a blank line and has text where the first record has numbers. It may be a note, or the header of another table.",
          )
      }
      if (hasBlank)
        for (
          let left = lineEnds + 1 - (row === 0 ? this.#line - this.#recordLine : 0);
          left > 0 && input < chunk.length;
        )
          left -= pass()
      line += lineEnds + 1
      at = end
    }
  }

  #found({ line, name }: Place, what: string): void {
    this.#otherTable.found(line, `The record ${name} ${what}`)
  }

  #lacksNumbers(cells: ReadonlyArray<string>): boolean {
    const numeric = this.#numeric ?? []
    return (
      numeric.includes(true) &&
      cells.every((cell, index) => !numeric[index] || (cell !== "" && !number.test(cell)))
    )
  }
}
