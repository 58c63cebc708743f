import { loadedText } from "../../Csv/columns/loadedText.ts"
import { decodeRows } from "../../Csv/record/CopyBinary.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { type CopyBatch, recordOfRow } from "../../Domain/load/CopyBatch.ts"
import { previewedRecords } from "../../Domain/load/previewedRecords.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import type { SkippedLine } from "../../Domain/load/SkippedLine.ts"

type Values = ReadonlyArray<string | null>

/** A record that did not become a row, with the values that it would have; `null`: its record has no values for the columns. */
interface PreviewedReject extends Reject {
  readonly values: Values | null
}

/** Skipped lines in a preview. */
const maxSkippedLines = 20

/** Counts the records and keeps the first ones. */
export class PreviewAccumulator {
  /** The first records: those that became rows, and those that did not. */
  readonly rows: Array<Values> = []
  readonly rejects: Array<PreviewedReject> = []
  /** The first skipped lines. */
  readonly skipped: Array<SkippedLine> = []
  /** Records read, rows and rejects, and the rejects among them. */
  records = 0
  rejected = 0
  readonly #columns: ReadonlyArray<PlannedColumn>
  /** The first records as the file has them, by their numbers. */
  readonly #read = new Map<number, Values>()

  constructor(columns: ReadonlyArray<PlannedColumn>) {
    this.#columns = columns
  }

  /** Keeps the values of a batch before rows that the table cannot have become rejects, which have only their text. */
  observe({ bytes, firstRecord, rejects }: CopyBatch): void {
    const rejected = rejects.map(({ record }) => record)
    for (const [row, values] of decodeRows(bytes, previewedRecords - (firstRecord - 1)).entries())
      this.#read.set(recordOfRow(firstRecord, row, rejected), values)
  }

  push(batch: CopyBatch): void {
    this.#keepFirst(batch)
    this.records += batch.rows + batch.rejects.length
    this.rejected += batch.rejects.length
    this.skipped.push(...batch.skipped.slice(0, maxSkippedLines - this.skipped.length))
    batch.release()
  }

  /** Rows have no record numbers: of the first records, they are those that are not rejects. */
  #keepFirst({ bytes, firstRecord, rejects }: CopyBatch): void {
    if (firstRecord > previewedRecords) return
    const early = rejects.filter(({ record }) => record <= previewedRecords)
    this.rejects.push(...early.map((reject) => ({ ...reject, values: this.#valuesOf(reject.record) })))
    this.rows.push(...decodeRows(bytes, previewedRecords - (firstRecord - 1) - early.length))
  }

  #valuesOf(record: number): Values | null {
    const read = this.#read.get(record)
    return read === undefined ? null : this.#columns.map((column) => loadedText(read, column))
  }
}
