import type { Reject } from "../Domain/load/Reject.ts"

/** This many records in a row with the same other width are no accident. */
const minRecords = 3

/** Rejects that are examined. Later ones would only cost time. */
const maxRejects = 10_000

/** Consecutive rejected records of one width. */
interface Run {
  readonly firstLine: number
  readonly cells: number
  lastRecord: number
  records: number
}

/** Finds the first rejected records that look like another table below the first one. */
export class SecondTable {
  readonly #columns: number
  readonly #cellsOf: (raw: string) => number
  #run: Run | null = null
  #left = maxRejects

  /** @param cellsOf counts the cells of a record's text */
  constructor(columns: number, cellsOf: (raw: string) => number) {
    this.#columns = columns
    this.#cellsOf = cellsOf
  }

  observe(rejects: ReadonlyArray<Reject>): void {
    for (const reject of rejects) {
      if (this.found !== null || this.#left === 0) return
      this.#left--
      if (reject.reason === "ragged_record") this.#add(reject)
    }
  }

  #add({ line, raw, record }: Reject): void {
    const cells = this.#cellsOf(raw)
    const run = this.#run
    if (run === null || run.cells !== cells || run.lastRecord + 1 !== record) {
      this.#run = { firstLine: line, cells, lastRecord: record, records: 1 }
    } else {
      run.lastRecord = record
      run.records++
    }
  }

  /** The line where it starts, and a message that names it; `null` if there is none. */
  get found(): { readonly line: number; readonly message: string } | null {
    const run = this.#run
    if (run === null || run.records < minRecords || run.cells < 2) return null
    return {
      line: run.firstLine,
      message: `The records from line ${run.firstLine} on have ${run.cells} cells, those before ${this.#columns}: the file may hold two tables. Load each from a file of its own.`,
    }
  }
}
