import type { LoadError } from "../../Domain/load/LoadError.ts"
import { decodeRows } from "../record/CopyBinary.ts"
import { columnsOf, type HeaderLayout } from "../record/HeaderLayout.ts"
import { joinHeaderRows } from "../record/joinHeaderRows.ts"
import { emptyFile, incompleteHeader } from "../record/RecordProblem.ts"

/** Makes the columns from the first records: the header, or without one a record of the right width. */
export class HeaderBuilder {
  readonly #layout: HeaderLayout
  /** Number of records that the header consists of. */
  readonly #rows: number
  readonly #records: Array<ReadonlyArray<string | null>> = []
  /** `null` until the last of the records. */
  columns: ReadonlyArray<string> | null = null
  /** Cells of the header before it was fitted to the width of the table. */
  cells = 0
  lines = 0

  constructor(layout: HeaderLayout, rows: number) {
    this.#layout = layout
    this.#rows = layout.hasHeader ? rows : 1
  }

  /** Takes the next record, a row in COPY's format that has this many lines. */
  add(row: Uint8Array, lines: number): void {
    const [record = []] = decodeRows(row, 1)
    this.#records.push(record)
    if (this.#layout.hasHeader) this.lines += lines
    if (this.#records.length < this.#rows) return
    const cells = joinHeaderRows(this.#records)
    this.cells = cells.length
    this.columns = columnsOf(cells, this.#layout)
  }

  /** Whether the columns are named by one record as it is. */
  get isOneRecord(): boolean {
    return this.#layout.hasHeader && this.#rows === 1 && this.columns?.length === this.cells
  }

  /** The error of a file that ends before its header does. */
  get missing(): LoadError {
    const rows = this.#records.length
    return rows === 0 ? emptyFile() : incompleteHeader(rows)
  }
}
