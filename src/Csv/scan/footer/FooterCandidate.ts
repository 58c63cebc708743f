import type { SkippedLine } from "../../../Domain/load/SkippedLine.ts"
import type { RowProblem } from "../../record/RecordProblem.ts"

/** A footer has at most this many records, and at most this many of several cells: more are a second table. */
const maxRecords = 20
const maxOfSeveralCells = 5
/** With the comments between them. */
const maxLines = 64

/** A record of one line that is narrower than the table, or a comment after it. */
export interface HeldLine {
  readonly line: SkippedLine
  /** Why it is no row; `null` for a comment. */
  readonly problem: RowProblem | null
  /** Number of cells with a value. */
  readonly cells: number
  /** A blank line is between the last row and the record. */
  readonly isSeparated: boolean
  /** The file ends before a line ending. */
  readonly isCut: boolean
}

/**
 * The narrower records since the last row. They are held back, because they are the footer if no row follows, else
 * rejects.
 */
export class FooterCandidate {
  #lines: Array<HeldLine> = []
  /** Number of records, without comments. */
  records = 0
  #ofSeveralCells = 0

  /** Adds a line, unless there are too many. */
  add(held: HeldLine): boolean {
    if (this.#lines.length === maxLines) return false
    if (held.problem !== null) {
      if (this.records === maxRecords) return false
      if (held.cells > 1 && this.#ofSeveralCells++ === maxOfSeveralCells) return false
      this.records++
    }
    this.#lines.push(held)
    return true
  }

  /**
   * Whether the lines are a footer at the end of the file. A last record that is cut looks like one, unless other lines of
   * the footer or a blank line precede it.
   */
  get isFooter(): boolean {
    return this.records > 1 || this.#lines.some(({ isCut, isSeparated }) => isSeparated || !isCut)
  }

  /** Returns the lines and forgets them. */
  take(): ReadonlyArray<HeldLine> {
    const lines = this.#lines
    this.#lines = []
    this.records = 0
    this.#ofSeveralCells = 0
    return lines
  }
}
