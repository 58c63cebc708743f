import type { OnBadRow } from "../../Domain/load/LoadOptions.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { RepairReason } from "../../Domain/load/Findings.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { lineFeed } from "../../Bytes/Ascii.ts"
import { type BadRecordCode, type BadRow, emptyFile, refuse } from "../record/BadRecord.ts"
import { ByteScan, roomFor, type Stop } from "./ByteScan.ts"
import { decodeRow } from "../record/CopyBinary.ts"
import { CopyBuffer } from "../record/CopyBuffer.ts"
import type { Dialect } from "../record/Dialect.ts"
import { isEndMark } from "./EndMark.ts"
import { columnsOf, type HeaderLayout, plainLayout } from "../record/HeaderLayout.ts"
import { countLineEnds } from "../record/LineEnds.ts"
import { endsBeforeLast, fillLast } from "./OptionalLast.ts"
import { RecordLedger } from "./RecordLedger.ts"
import { RecordSkip } from "../repair/RecordSkip.ts"
import { GrowingBytes } from "../../Bytes/GrowingBytes.ts"
import { Resync } from "../repair/Resync.ts"
import { scanRules } from "../record/ScanRules.ts"
import { ScanState, State } from "../record/ScanState.ts"
import { inputSize } from "./vector/assembly/memory.ts"
import { VectorScan } from "./vector/VectorScan.ts"
import { noBytes } from "../../Bytes/noBytes.ts"

const oneLineFeed = Uint8Array.of(lineFeed)

/**
 * Input bytes between two looks at the room left in the output and at the record's size: by the byte, where room
 * must be made for the worst, and by vectors, where it is fewer behind a bad record and grows from there: what
 * is behind the next one has been prepared in vain.
 */
const byteStride = 16 * 1024
const vectorStride = inputSize
const shortVectorStride = 512

/** A piece of fewer bytes is scanned as fast by the byte. */
const worthVectors = 128

/** Bad records of a batch. A large piece of a file full of them would else fill the memory. */
const mostRejects = 1000

/** What a step gave. */
export interface ScanResult {
  /** Whole rows, and the records set aside between them; with an error, those before it, and the scanner is spent. */
  readonly batch: CopyBatch | null
  readonly error: LoadError | null
}

export interface CsvScannerOptions {
  readonly dialect: Dialect
  /** Largest record in bytes, its line ending not counted. */
  readonly maxRecordSize: number
  /** Bytes of the file that come before the first chunk. */
  readonly offset: number
  /** Number of the first chunk's first line in the file, from 1. */
  readonly line?: number
  /** Whether there is a header, and how wide. */
  readonly layout?: HeaderLayout
  /** What becomes of records that cannot become rows; left out, the first ends the scan. */
  readonly onBadRow?: OnBadRow
  /** Bytes from which a piece is scanned by vectors; `Infinity`: never. */
  readonly vectorFrom?: number
}

/**
 * CSV in, COPY's binary rows out, in one pass and without an object per field or row. The first record is the header
 * and settles the number of columns; every later one becomes a row, or is a bad one.
 *
 * Chunks may be cut anywhere, and the outcome does not depend on the cuts: what a chunk leaves unfinished is
 * kept as encoded output, so that no good record's byte is looked at twice, and memory is bounded by a small
 * multiple of the chunk's and the largest record's size.
 *
 * Blank lines are skipped, but in a table of one column they are records, each with one NULL; the last line
 * of the file is no exception, and a file that ends with a line ending has no line behind it.
 *
 * A bad record ends the scan, or is repaired or set aside by a way of its own, which is slower and looks at its bytes
 * again (`Resync`): so the beginning of a record is kept also as it is, unless bad ones end the scan. The first
 * record settles what all others are measured by, and ends the scan always if it is bad.
 */
export class CsvScanner {
  readonly #maxRecordSize: number
  readonly #layout: HeaderLayout
  readonly #onBadRow: OnBadRow
  readonly #byBytes: ByteScan
  readonly #byVectors: VectorScan | null
  readonly #vectorFrom: number
  readonly #resync: Resync

  #header: ReadonlyArray<string> | null = null
  readonly #buffer = new CopyBuffer(roomFor(byteStride))
  readonly #ledger = new RecordLedger(this.#buffer)
  readonly #place = new ScanState()
  #chunk: Uint8Array = noBytes
  /** Offset in the file of the chunk at hand. */
  #base: number
  #stride = vectorStride
  #isEnd = false
  /** There is nothing to come: after the end, or an error. */
  #isFinished = false

  /** The record at hand as it stands in the file, as far as it is in chunks before. */
  readonly #tail = new GrowingBytes()
  /** A bad record, all of it in the tail, about which nothing can be decided before the tail is so long. */
  #undecided: { readonly bad: BadRow; readonly wanted: number } | null = null
  #skip: RecordSkip | null = null

  constructor(options: CsvScannerOptions) {
    const rules = scanRules(options.dialect)
    this.#maxRecordSize = options.maxRecordSize
    this.#base = options.offset
    this.#layout = options.layout ?? plainLayout
    this.#onBadRow = options.onBadRow ?? "fail"
    this.#place.beginRecord(0, options.line ?? 1)
    this.#byBytes = new ByteScan(rules, {
      maxRecordSize: options.maxRecordSize,
      hasHeader: this.#layout.hasHeader,
      keepsLong: this.#onBadRow === "pad",
    })
    this.#byVectors = VectorScan.make(options.dialect, options.maxRecordSize)
    this.#vectorFrom = options.vectorFrom ?? worthVectors
    this.#resync = new Resync(rules, options.maxRecordSize)
    this.#buffer.beginRow(0)
  }

  /** The header's cells as they stand in the file; `null` until its record has ended. */
  get header(): ReadonlyArray<string> | null {
    return this.#header
  }

  /** The physical line it has come to, from 1. */
  get line(): number {
    return this.#place.line
  }

  /** Records after the header that have left in batches, as rows or as rejects. */
  get records(): number {
    return this.#ledger.batched
  }

  /** Records that became rows only by a repair. */
  get repairs(): Partial<Record<RepairReason, number>> {
    return this.#ledger.repairs
  }

  /** There is more to be had of what was pushed: `resume` must be called before the next `push` or `finish`. */
  get hasMore(): boolean {
    return !this.#isFinished && (this.#isEnd || this.#place.at < this.#chunk.length)
  }

  /** Takes the next chunk; what ends in it is one batch, unless `hasMore`. The chunk is not kept beyond that. */
  push(chunk: Uint8Array): ScanResult {
    if (this.#undecided === null) {
      this.#chunk = chunk
    } else {
      this.#tail.append(chunk)
      this.#base += chunk.length
      this.#place.recordAt = -this.#tail.length
      if (this.#tail.length >= this.#undecided.wanted) this.#decide()
    }
    return this.resume()
  }

  /** Ends the file: a last record without a line ending ends with it. */
  finish(): ScanResult {
    this.#isEnd = true
    return this.resume()
  }

  /** Goes on. */
  resume(): ScanResult {
    let error: LoadError | null = null
    while (error === null && this.#ledger.waitingRejects < mostRejects) {
      if (this.#place.at < this.#chunk.length) error = this.#advance()
      else {
        this.#leaveChunk()
        if (!this.hasMore) break
        error = this.#end()
      }
    }
    if (error !== null) this.#isFinished = true
    if (this.#place.at >= this.#chunk.length) this.#leaveChunk()
    return { batch: this.#ledger.take(), error }
  }

  #advance(): LoadError | null {
    if (this.#skip !== null) {
      this.#advanceSkip(this.#skip)
      return null
    }
    const chunk = this.#chunk
    const place = this.#place
    const left = chunk.length - place.at
    const vector = this.#header === null || left < this.#vectorFrom ? null : this.#byVectors
    const to = place.at + Math.min(left, vector === null ? byteStride : this.#stride)
    const stop =
      vector === null
        ? this.#byBytes.advance(chunk, place.at, to, place, this.#buffer)
        : this.#advanceByVector(vector, to)
    if (stop !== null) return this.#stopped(stop)
    if (vector !== null) this.#stride = Math.min(2 * this.#stride, vectorStride)
    return null
  }

  /** Scans as far as `to`, by the byte only what is not ordinary. */
  #advanceByVector(vector: VectorScan, to: number): Stop | null {
    const chunk = this.#chunk
    const place = this.#place
    const buffer = this.#buffer
    const whole = Math.min(to, place.at + place.lacking)
    const stop = whole > place.at ? this.#byBytes.advance(chunk, place.at, whole, place, buffer) : null
    if (stop !== null) return stop
    return this.#byBytes.advance(chunk, vector.advance(chunk, whole, to, place, buffer), to, place, buffer)
  }

  /** Keeps what a later chunk, or the file's end, may ask for. */
  #leaveChunk(): void {
    const chunk = this.#chunk
    const { recordAt } = this.#place
    if (chunk.length === 0) return
    if (this.#onBadRow !== "fail" && this.#header !== null && this.#skip === null) {
      if (recordAt >= 0) this.#tail.clear()
      this.#tail.append(chunk.subarray(Math.max(0, recordAt)))
    }
    this.#base += chunk.length
    this.#place.leave(chunk)
    this.#chunk = noBytes
  }

  /** Settles what the file's end leaves unsettled. */
  #end(): LoadError | null {
    const place = this.#place
    if (this.#undecided !== null) {
      this.#decide()
      return null
    }
    if (this.#skip !== null) {
      this.#ledger.setAsideAs(this.#skip.bad, this.#skip.raw, this.#skip.bytes)
      this.#beginRecord(0, place.line)
      return null
    }
    if (place.lacking > 0) return this.#stopped("invalid_utf8")
    if (place.state === State.quoted || place.state === State.escaped)
      return this.#stopped("unterminated_quote")
    if (isEndMark(place, this.#buffer)) this.#beginRecord(0, place.line)
    if (place.state !== State.start || place.column > 1) {
      this.#chunk = oneLineFeed
      return null
    }
    this.#isFinished = true
    return this.#header === null ? emptyFile() : null
  }

  #stopped(stop: Stop): LoadError | null {
    if (stop === "first_record") {
      this.#takeFirstRecord()
      return null
    }
    const place = this.#place
    const isFirst = this.#header === null
    const record = isFirst && this.#layout.hasHeader ? 0 : this.#ledger.record
    const bad = place.badRecord(stop, record, this.#base, this.#maxRecordSize)
    if (!isFirst && endsBeforeLast(bad, this.#layout)) {
      fillLast(this.#buffer, place, this.#chunk)
      this.#ledger.repaired("short_record")
      return null
    }
    if (isFirst || this.#onBadRow === "fail" || !isBadRow(bad)) return refuse(bad)
    this.#stride = shortVectorStride
    this.#fetchTail()
    if (bad.code === "ragged_record" && bad.line === bad.recordLine) this.#settleRagged(bad, place.at)
    else this.#judge(bad)
    return null
  }

  /** The record that ends here settles the columns. */
  #takeFirstRecord(): void {
    const { hasHeader } = this.#layout
    const buffer = this.#buffer
    const header = columnsOf(decodeRow(buffer.bytes.subarray(0, buffer.written)), this.#layout)
    this.#header = header
    this.#place.columns = header.length
    if (!hasHeader) {
      buffer.view.setInt16(0, header.length)
      buffer.endRow(buffer.written)
    }
    buffer.beginRow(header.length)
    this.#place.passLineEnd(this.#chunk)
  }

  /** Puts what is kept of the record in front of the chunk, so that all of it is in one piece. */
  #fetchTail(): void {
    const { length } = this.#tail
    if (this.#place.recordAt >= 0) return
    // A line feed that only stands for the file's end is no part of it.
    const isAtEnd = this.#chunk === oneLineFeed
    if (!isAtEnd) this.#tail.append(this.#chunk)
    this.#chunk = this.#tail.take()
    this.#base -= length
    this.#place.moveBy(length)
  }

  /** Decides about a record for which more bytes were wanted. */
  #decide(): void {
    const { bad } = this.#undecided!
    this.#undecided = null
    this.#fetchTail()
    this.#judge(bad)
  }

  #judge(bad: BadRow): void {
    const chunk = this.#chunk
    const at = this.#place.recordAt
    const verdict = this.#resync.judge(bad, { bytes: chunk, at, isEnd: this.#isEnd }, this.#buffer)
    switch (verdict._tag) {
      case "Row": {
        this.#ledger.repaired("stray_quote")
        return this.#goOnBehind(verdict.end)
      }
      case "SetAside": {
        if (verdict.isWhole && bad.code === "ragged_record") return this.#settleRagged(bad, verdict.end)
        return this.#setAsideUpTo(verdict.bad, verdict.end)
      }
      case "Skip": {
        this.#skip = new RecordSkip(verdict.bad, verdict.lexer, chunk.subarray(at, verdict.from))
        this.#place.at = verdict.from
        return
      }
      case "More": {
        this.#tail.clear()
        this.#tail.append(chunk.subarray(at))
        this.#undecided = { bad, wanted: 2 * this.#tail.length }
        this.#base += chunk.length
        this.#place.moveBy(-chunk.length)
        this.#place.at = 0
        this.#chunk = noBytes
      }
    }
  }

  /** A record with another number of fields than the table, of which a row is under construction, ends at `end`. */
  #settleRagged(bad: BadRow, end: number): void {
    const buffer = this.#buffer
    const lacking = bad.columns - bad.column
    if (this.#onBadRow !== "pad") return this.#setAsideUpTo(bad, end)
    if (lacking > 0) buffer.appendNulls(lacking)
    buffer.endRow(lacking > 0 ? buffer.written : buffer.keptEnd)
    this.#ledger.repaired(lacking > 0 ? "short_record" : "long_record")
    this.#goOnBehind(end)
  }

  #setAsideUpTo(bad: BadRow, end: number): void {
    this.#ledger.setAside(bad, this.#chunk.subarray(this.#place.recordAt, end))
    this.#goOnBehind(end)
  }

  /** Begins the next record behind the line end at `end`, or at the file's end. */
  #goOnBehind(end: number): void {
    const chunk = this.#chunk
    const { recordAt, recordLine } = this.#place
    const next = Math.min(end + 1, chunk.length)
    this.#beginRecord(next, recordLine + countLineEnds(chunk, recordAt, next, 0))
  }

  #beginRecord(at: number, line: number): void {
    this.#skip = null
    this.#place.beginRecord(at, line)
    this.#buffer.beginRow(this.#place.columns)
  }

  #advanceSkip(skip: RecordSkip): void {
    const end = skip.advance(this.#chunk, this.#place.at)
    this.#place.at = end
    this.#place.line = skip.bad.recordLine + skip.lineEnds
    if (end === this.#chunk.length) return
    this.#ledger.setAsideAs(skip.bad, skip.raw, skip.bytes)
    this.#beginRecord(end + 1, this.#place.line)
  }
}

const isBadRow = (bad: { readonly code: BadRecordCode }): bad is BadRow => bad.code !== "too_many_columns"
