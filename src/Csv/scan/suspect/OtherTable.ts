import { type LoadWarning, loadWarning } from "../../../Domain/load/LoadWarning.ts"
import type { RowProblem } from "../../record/RecordProblem.ts"

/** This many rejects in a row with the same width are no accident. */
const minRecords = 3

/** Consecutive rejected records of one width. */
interface Run {
  readonly firstLine: number
  readonly cells: number
  lastRecord: number
  records: number
}

/** The first sign, below the header, that the file holds another table. */
export class OtherTable {
  /** Another table is known, so none is looked for. */
  readonly #isKnown: boolean
  #warning: LoadWarning | null = null
  #run: Run | null = null

  constructor(isKnown: boolean) {
    this.#isKnown = isKnown
  }

  /** `null` if there is no sign, or another table was known. */
  get warning(): LoadWarning | null {
    return this.#warning
  }

  get isOpen(): boolean {
    return !this.#isKnown && this.#warning === null
  }

  found(line: number | null, message: string): void {
    if (this.isOpen) this.#warning = loadWarning("two_tables", message, line)
  }

  /** Takes a rejected record. */
  reject({ code, column: cells, columns, record, recordLine }: RowProblem): void {
    if (!this.isOpen || code !== "ragged_record") return
    const run = this.#run
    if (run === null || run.cells !== cells || run.lastRecord + 1 !== record) {
      this.#run = { firstLine: recordLine, cells, lastRecord: record, records: 1 }
      return
    }
    run.lastRecord = record
    run.records++
    if (run.records === minRecords && cells > 1)
      this.found(
        run.firstLine,
        `The records from line ${run.firstLine} on have ${cells} cells, those before ${columns}: the file may hold two tables. Load each from a file of its own.`,
      )
  }
}
