import { carriageReturn, lineFeed } from "../../../Bytes/Ascii.ts"
import type { TextFormat } from "../../../Domain/load/TextFormat.ts"
import { Kind, type ScanRules } from "../../record/ScanRules.ts"
import { State } from "../../record/ScanState.ts"
import { CleanRows } from "../../record/text/CleanRows.ts"
import type { ScanContext } from "../ScanContext.ts"
import type { SuspectRows } from "../suspect/SuspectRows.ts"
import * as memory from "../vector/assembly/memory.ts"
import { loadInput, type VectorModule, vectorModule } from "../vector/VectorScan.ts"

/**
 * Input bytes of one step. After a record that is not clean it is short, and doubles from there. The same number of bytes is
 * scanned after several such records.
 */
const longStride = memory.inputSize
const shortStride = 512

/** If a larger share of the bytes than this has to be scanned, binary rows cost less. */
const mostScanned = 1 / 8
/** Bytes that are scanned in any case. */
const freelyScanned = 64 * 1024

/** Postgres allows no letters, digits and points as a delimiter. */
const isDelimiter = (byte: number): boolean =>
  byte > 0 && byte < 0x80 && !/[a-z\d.\\\r\n]/i.test(String.fromCharCode(byte))

/** The format in which clean records of the file are rows; `null`: there is none. */
const textFormat = (
  { delimiter, extras, isUnquotedEmptyNull, unquoted }: ScanRules,
  lineEnd: TextFormat["lineEnd"],
): TextFormat | null => {
  const endsAnywhere = unquoted[carriageReturn] === Kind.carriageReturn
  return extras !== null || !endsAnywhere || !isDelimiter(delimiter)
    ? null
    : { delimiter: String.fromCharCode(delimiter), null: isUnquotedEmptyNull ? "" : "\\N", lineEnd }
}

/**
 * Finds clean records (assembly/clean.ts) and adds them to the rows as they are. All others are left to the scanner, one by one,
 * and become binary rows, which the batch converts.
 */
export class CleanScan {
  readonly #context: ScanContext
  readonly #suspects: SuspectRows
  readonly #module: VectorModule
  readonly #rows: CleanRows
  readonly #settings: ReadonlyArray<readonly [address: number, value: number]>
  readonly #isCrlf: boolean
  #stride = longStride
  /** Bytes to scan at least, after records that were not clean. */
  #least = 0
  #passed = 0
  #scanned = 0

  /** `null` if the dialect has rare features, or the processor does not support SIMD. Call it when the columns are known. */
  static make(
    context: ScanContext,
    rules: ScanRules,
    suspects: SuspectRows,
    options: { readonly maxRecordSize: number; readonly lineEnd: TextFormat["lineEnd"] },
  ): CleanScan | null {
    const format = textFormat(rules, options.lineEnd)
    const module = vectorModule()
    return module === null || format === null || context.state.columns < 2
      ? null
      : new CleanScan(context, rules, suspects, options.maxRecordSize, format, module)
  }

  private constructor(
    context: ScanContext,
    rules: ScanRules,
    suspects: SuspectRows,
    maxRecordSize: number,
    format: TextFormat,
    module: VectorModule,
  ) {
    this.#context = context
    this.#suspects = suspects
    this.#module = module
    this.#isCrlf = format.lineEnd === "\r\n"
    this.#rows = new CleanRows(format, context.state.columns)
    context.buffer.clean = this.#rows
    this.#settings = [
      [memory.delimiter, rules.delimiter],
      [memory.quote, rules.quote],
      [memory.columns, context.state.columns],
      [memory.maxRecordSize, Math.min(maxRecordSize, 2 ** 31 - 1)],
      [memory.isCrlf, this.#isCrlf ? 1 : 0],
    ]
  }

  /** Passes clean records. Returns up to where the chunk has to be scanned: not beyond `state.at` if nothing has to. */
  advance(): number {
    const { state, window } = this.#context
    const { chunk } = window
    if (this.#rows.hasEnded) return chunk.length
    if (!this.#isAtRecord()) return this.#scanUpTo(state.at)
    const to = Math.min(chunk.length, state.at + this.#stride)
    const from = state.at
    this.#pass(to)
    const isPassed = state.at > from
    const next = chunk.indexOf(lineFeed, state.at)
    const isCut = next === -1 || next >= to
    // The step may have only the beginning of a clean record.
    if (isCut && to < chunk.length && (isPassed || this.#stride < longStride)) {
      this.#stride = Math.min(2 * this.#stride, longStride)
      return state.at
    }
    if (state.at === chunk.length) return state.at
    if (isCut) return this.#scanUpTo(state.at)
    this.#least = isPassed ? 0 : Math.min(Math.max(shortStride, 2 * this.#least), longStride)
    this.#stride = shortStride
    return this.#scanUpTo(state.at + this.#least)
  }

  /** Whether a record starts here. Passes the second half of a CRLF. */
  #isAtRecord(): boolean {
    const { buffer, state, window } = this.#context
    const { at } = state
    if (state.state !== State.start || state.column !== 1 || state.lacking > 0) return false
    const previous = at > 0 ? window.chunk[at - 1]! : state.previous
    if (previous !== carriageReturn) return true
    if (!this.#isCrlf || window.chunk[at] !== lineFeed) return false
    window.counter.countTo(window.chunk, at + 1)
    state.beginRecord(at + 1, state.line)
    buffer.beginRow(state.columns)
    return true
  }

  #pass(limit: number): void {
    const { batch, buffer, state, window } = this.#context
    const { cleanEnd, numbers, textEnd } = this.#module
    const { chunk } = window
    const from = state.at
    window.counter.countTo(chunk, from)
    loadInput(this.#module, chunk, from, limit, 0)
    const end = textEnd(memory.input + limit - from)
    if (numbers[memory.beyondAscii >> 2] !== 0) state.isAscii = false
    const to = memory.input + this.#suspects.unsuspectedEnd(limit) - from
    for (const [address, value] of this.#settings) numbers[address >> 2] = value
    const length = cleanEnd(Math.min(end, to)) - memory.input
    if (length === 0 || batch.endFooter() !== null) return
    const rows = numbers[memory.rows >> 2]!
    buffer.passRows(this.#rows, chunk.subarray(from, from + length), rows)
    state.at += length
    state.recordAt = state.at
    state.line += rows
    state.passLines(state.line, 0, 0)
    if (state.countedAt === from) {
      state.lineStarts += rows
      state.countedAt = state.at
    } else window.counter.countTo(chunk, state.at)
    this.#passed += length
  }

  /** Returns the end of the record that has the byte at `at`, as far as line ends show it. */
  #scanUpTo(at: number): number {
    const { state, window } = this.#context
    const { chunk } = window
    const next = chunk.indexOf(lineFeed, Math.min(at, chunk.length))
    const to = next === -1 ? chunk.length : next + 1
    this.#scanned += to - state.at
    if (this.#scanned > freelyScanned + mostScanned * this.#passed) this.#rows.hasEnded = true
    return to
  }
}
