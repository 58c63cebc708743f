/** A record of the sample under a candidate dialect. */
export interface SampleRecord {
  /** Position of its first byte in the sample, and the number of lines before it. */
  readonly start: number
  readonly line: number
  /** Index of its first cell in `SampleTable.kinds`, and the number of its cells. */
  readonly firstCell: number
  readonly width: number
  /** A quote is unclosed, text follows a closing quote, or the record is cut and already too long. */
  readonly isMalformed: boolean
  /**
   * Number of cells that begin with exactly one space. -1 if the first cell begins with a space, or if any other cell
   * that is not empty begins without one or with several.
   */
  readonly spaced: number
}

/** The sample as a candidate dialect reads it, without blank lines. */
export interface SampleTable {
  readonly records: ReadonlyArray<SampleRecord>
  /** The `CellKind` of every cell, record by record. */
  readonly kinds: Uint8Array
  /** Quoted cells that are well formed, that contain quotes which are not doubled, and that are malformed. */
  readonly quoted: number
  readonly undoubled: number
  readonly malformed: number
  /** Cells (or runs of cells) in `"` although that is not the quote, and cells with `"` at one edge only. */
  readonly enclosed: number
  readonly halfEnclosed: number
  /** Records by line ending: LF, CR and CRLF. */
  readonly lineFeeds: number
  readonly carriageReturns: number
  readonly pairs: number
}
