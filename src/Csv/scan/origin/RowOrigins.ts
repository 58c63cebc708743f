import { joinBytes } from "../../../Bytes/joinBytes.ts"
import { noBytes } from "../../../Bytes/noBytes.ts"
import type { CopyBatch, RowOrigin } from "../../../Domain/load/CopyBatch.ts"
import { countLineEnds } from "../../record/countLineEnds.ts"
import { rawText } from "../../record/rawText.ts"
import type { ScanRules } from "../../record/ScanRules.ts"
import type { ScanContext } from "../ScanContext.ts"
import { RecordWalk } from "./RecordWalk.ts"

/** Rows whose records follow each other in the text, with nothing but blank lines between them. */
interface Run {
  /** Number of rows of the batch before the first one. */
  readonly firstRow: number
  /**
   * The text from the first record to the end of the last one, perhaps with blank lines after it. In two parts, because joining
   * them copies a whole chunk.
   */
  readonly parts: readonly [Uint8Array, Uint8Array]
  /** The place of the text in the file, and the byte before it. */
  readonly line: number
  readonly byteOffset: number
  readonly previous: number
  /** The text is one record, whose quotes may have needed a repair. */
  readonly isRepaired: boolean
}

/**
 * Keeps the text of the rows of a batch, so that a row that the table cannot hold becomes a reject with its exact text and
 * place. That costs a reference to the text per step of the scan. Only the records up to a row that is asked for are read
 * again.
 */
export class RowOrigins {
  readonly #context: ScanContext
  readonly #rules: ScanRules
  #runs: Array<Run> = []

  constructor(context: ScanContext, rules: ScanRules) {
    this.#context = context
    this.#rules = rules
  }

  /**
   * Runs a step of the scan and keeps the text of its rows.
   *
   * @param isRepair the step makes a row of one record, or rows of blank lines
   */
  track<A>(isRepair: boolean, step: () => A): A {
    const { buffer, state, window } = this.#context
    const { heldBlanks, previous, recordAt, recordLine } = state
    const firstRow = buffer.rows
    const byteOffset = window.offset + recordAt
    const before = recordAt > 0 ? window.chunk[recordAt - 1]! : recordAt === 0 ? previous : 0
    const blanks = isRepair ? heldBlanks : 0
    const result = step()
    if (buffer.rows === firstRow) return result
    this.#runs.push({
      firstRow,
      parts: window.textBetween(byteOffset, window.offset + state.recordAt),
      line: recordLine - blanks,
      byteOffset,
      previous: before,
      isRepaired: isRepair && blanks === 0,
    })
    return result
  }

  /** Adds the origins of its rows to the batch, and starts the next one. */
  take(batch: CopyBatch | null): CopyBatch | null {
    const runs = this.#runs
    this.#runs = []
    if (batch === null) return batch
    const { batch: builder, state } = this.#context
    const find = this.#finder(runs)
    return {
      ...batch,
      lineOfRow: (row) => find(row, 1).line,
      rejectRow: (row, column) => {
        const { lines, ...origin } = find(row, column)
        state.rowLines -= lines
        builder.rejectLines += lines
        return origin
      },
    }
  }

  /** Returns a function that finds rows by their numbers. It resumes after the last row if the numbers ascend. */
  #finder(runs: ReadonlyArray<Run>): (row: number, column: number) => RowOrigin & { readonly lines: number } {
    let run: Run | undefined
    let text: Uint8Array = noBytes
    let walk: RecordWalk | undefined
    let walked = 0
    return (row, column) => {
      const found = runs.findLast(({ firstRow }) => firstRow <= row)!
      if (run !== found || walk === undefined || walked > row + 1) {
        run = found
        text = joinBytes(...found.parts)
        walked = found.firstRow
        walk = new RecordWalk(text, this.#rules, found.line, found.previous)
      }
      if (run.isRepaired) walk.takeWhole()
      else for (; walked <= row; walked++) walk.advance()
      const { from, line, to } = walk
      const start = walk.fieldStart(column)
      return {
        line: line + countLineEnds(text, from, start, 0),
        byteOffset: run.byteOffset + start,
        raw: rawText(text.subarray(from, to)),
        rawBytes: to - from,
        lines: countLineEnds(text, from, to, 0) + 1,
      }
    }
  }
}
