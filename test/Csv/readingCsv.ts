import { assert } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { CsvScanner, type ScanResult } from "../../src/Csv/scan/CsvScanner.ts"
import type { CsvScannerOptions } from "../../src/Csv/scan/CsvScannerOptions.ts"
import { decodeRows as rowsOf } from "../../src/Csv/record/CopyBinary.ts"
import { standard } from "../../src/Csv/record/Dialect.ts"
import { byteOrderMarkLength } from "../../src/Bytes/ByteOrderMark.ts"
import type { TextFormat } from "../../src/Domain/load/TextFormat.ts"
import { refuseOtherFormats } from "../../src/Csv/sample/refuseOtherFormats.ts"
import { readCsv, type ReadCsvOptions } from "../../src/Csv/ReadCsv.ts"
import type { CopyBatch, TextRows } from "../../src/Domain/load/CopyBatch.ts"
import type { CsvOptions } from "../../src/Domain/load/options/CsvOptions.ts"
import type { RepairedRecord, RepairReason } from "../../src/Domain/load/Findings.ts"
import type { LineCounts } from "../../src/Domain/load/LineCounts.ts"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import type { LoadWarning } from "../../src/Domain/load/LoadWarning.ts"
import type { Reject } from "../../src/Domain/load/Reject.ts"
import type { SkippedCounts, SkippedLine } from "../../src/Domain/load/SkippedLine.ts"

type Row = ReadonlyArray<string | null>

/** The result of reading a file; `header` is `null` if there was none, `error` if there was no error. */
interface Outcome {
  readonly header: ReadonlyArray<string> | null
  readonly rows: ReadonlyArray<Row>
  readonly error: LoadError | null
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Bytes given as text and as numbers. */
export const bytes = (...parts: ReadonlyArray<string | number>): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : Array.from(utf8(part)))))

/** Cuts bytes into chunks of one size, which are views of the same memory. */
export const cut = (bytes: Uint8Array, size: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))

/** Cuts bytes into chunks whose sizes repeat. */
export const piecesOf = (bytes: Uint8Array, sizes: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  let start = 0
  for (let n = 0; start < bytes.length; n++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[n % sizes.length]! % 17) + 1
    pieces.push(bytes.subarray(start, start + size))
    start += size
  }
  return pieces
}

/** Decodes the rows of a batch, and checks that it contains complete rows. */
export const decodeRows = (bytes: Uint8Array): ReadonlyArray<Row> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rows: Array<Row> = []
  let start = 0
  while (start < bytes.length) {
    let end = start + 2
    for (let left = view.getInt16(start); left > 0; left--) end += 4 + Math.max(0, view.getInt32(end))
    rows.push(...rowsOf(bytes.subarray(start, end), 1))
    start = end
  }
  assert.strictEqual(start, bytes.length, "a batch holds whole rows")
  return rows
}

/** What Postgres reads in a field of its text format. */
const unescaped = (field: string, format: TextFormat): string | null =>
  field === format.null
    ? null
    : field.replace(/\\(.)/gs, (_, escaped: string) => {
        assert.match(escaped, /[^a-z\d.]|[nr]/i)
        return escaped === "n" ? "\n" : escaped === "r" ? "\r" : escaped
      })

/** Decodes rows in text format, as strictly as Postgres. */
const decodeText = ({ format, parts }: TextRows): ReadonlyArray<Row> => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  const text = decoder.decode(Buffer.concat(parts))
  const lines = text.split(format.lineEnd)
  assert.strictEqual(lines.pop(), "", "a batch holds whole rows")
  const separator = format.delimiter
  return lines.map((line) => {
    assert.notMatch(line, /[\r\n\0]|^\\\.$/)
    const row: Array<string> = [""]
    for (const [piece] of line.matchAll(/\\?./gs))
      if (piece === separator) row.push("")
      else row[row.length - 1] += piece
    return row.map((field) => unescaped(field, format))
  })
}

/** A file in chunks. */
type Pieces = Iterable<Uint8Array> | Stream.Stream<Uint8Array, LoadError>

/** Reads a file to its end; `file` is `null` if it has no header. */
const readToEnd = Effect.fnUntraced(function* (pieces: Pieces, options: ReadCsvOptions) {
  const collected = new Batches()
  const bytes = Stream.isStream(pieces) ? pieces : Stream.fromIterable(pieces)
  const read = yield* Effect.result(readCsv(bytes, options))
  if (read._tag === "Failure")
    return {
      file: null,
      collected,
      outcome: { header: null, rows: [], error: read.failure } satisfies Outcome,
    }
  const file = read.success
  const end = yield* file.batches.pipe(
    Stream.runForEach((batch) => Effect.sync(() => collected.take(batch))),
    Effect.result,
  )
  const error = end._tag === "Failure" ? end.failure : null
  const { lines, skipped } = file.summary()
  if (error === null) assertBalanced(lines, skipped, collected.skipped)
  return { file, collected, outcome: { header: file.header, rows: collected.rows, error } satisfies Outcome }
}, Effect.scoped)

const maxRecordSize = ByteSize.mebibytes(16)

/** Reads a file in the standard dialect. */
export const outcomeOf = (pieces: Iterable<Uint8Array>, options: Partial<ReadCsvOptions> = {}) =>
  Effect.map(
    readToEnd(pieces, { maxRecordSize, dialect: standard, csv: { encoding: "utf-8" }, ...options }),
    ({ outcome }) => outcome,
  )

/** Reads a file whose format is detected except for the options, and returns that format too. */
export const foundOut = Effect.fnUntraced(function* (
  pieces: Pieces,
  csv: CsvOptions = {},
  contentType: string | null = null,
) {
  const { file, outcome } = yield* readToEnd(pieces, { maxRecordSize, csv, contentType })
  const summary = file?.summary()
  return {
    ...outcome,
    dialect: file?.dialect ?? null,
    headerRepair: file?.headerRepair ?? null,
    encoding: summary?.encoding ?? null,
    skippedLines: summary?.dialect.skippedLines ?? null,
    recordEnd: summary?.dialect.lineEnding ?? null,
  }
})

/** Reads a file that may have rejects. */
export const readAll = Effect.fnUntraced(function* (pieces: Pieces, options: Partial<ReadCsvOptions>) {
  const { file, outcome, collected } = yield* readToEnd(pieces, { maxRecordSize, ...options })
  const summary = file?.summary()
  return {
    ...outcome,
    rejects: collected.rejects,
    dialect: file?.dialect ?? null,
    skipped: collected.skipped,
    repairs: summary?.repairs ?? {},
    records: summary?.records ?? 0,
    encoding: summary?.encoding ?? null,
    warnings: summary?.warnings ?? [],
  }
})

export interface ScanOptions extends Partial<Omit<CsvScannerOptions, "maxRecordSize">> {
  readonly maxRecordSize?: ByteSize.ByteSize
  /** Allows rows in text format that end like this. */
  readonly clean?: TextFormat["lineEnd"]
  /** Receives the number of rows in text format, and how often the format changed. */
  readonly onText?: (rows: number, switches: number) => void
  /** Receives each batch before it is released. */
  readonly onBatch?: (batch: CopyBatch) => void
}

/** The result of scanning, independent of the batches. */
export interface ScanOutcome extends Outcome {
  readonly rejects: ReadonlyArray<Reject>
  readonly repairs: Partial<Record<RepairReason, number>>
  readonly repaired: ReadonlyArray<RepairedRecord>
  readonly records: number
  readonly skipped: ReadonlyArray<SkippedLine>
  /** Number of blank lines. */
  readonly blank: number
  /** `null` after an error, which may leave lines of the chunk uncounted. */
  readonly lines: LineCounts | null
  readonly warnings: ReadonlyArray<LoadWarning>
}

/** Checks that every line is counted once, after the whole file has been read. */
const assertBalanced = (
  { header, rejects, rows, total }: LineCounts,
  skipped: SkippedCounts,
  lines: ReadonlyArray<SkippedLine>,
): void => {
  const { blank = 0, comment = 0, footer = 0, preamble = 0 } = skipped
  assert.strictEqual(
    header + rows + rejects + blank + comment + footer + preamble,
    total,
    JSON.stringify({ header, rows, rejects, skipped, total }),
  )
  assert.strictEqual(comment + footer + preamble, lines.length)
}

/** Collects batches, and checks that each continues the record numbers of the previous one. */
class Batches {
  readonly rows: Array<Row> = []
  readonly rejects: Array<Reject> = []
  readonly skipped: Array<SkippedLine> = []
  /** Rows in text format, and how often the format changed. */
  textRows = 0
  switches = 0
  #isText = false

  get records(): number {
    return this.rows.length + this.rejects.length
  }

  take(batch: CopyBatch): void {
    const decoded = batch.text === undefined ? decodeRows(batch.bytes) : decodeText(batch.text)
    if (batch.text !== undefined) {
      assert.lengthOf(batch.bytes, 0)
      this.textRows += batch.rows
    }
    if (batch.rows > 0 && this.#isText !== (batch.text !== undefined)) {
      this.switches++
      this.#isText = !this.#isText
    }
    const end = batch.firstRecord + batch.rows + batch.rejects.length
    assert.strictEqual(decoded.length, batch.rows)
    assert.strictEqual(batch.firstRecord, this.records + 1)
    assert.isAbove(end - batch.firstRecord + batch.skipped.length, 0, "no batch is empty")
    for (const line of batch.skipped) {
      assert.isAbove(line.line, this.skipped.at(-1)?.line ?? 0)
      this.skipped.push(line)
    }
    for (const reject of batch.rejects) {
      assert.isAtLeast(reject.record, Math.max(batch.firstRecord, (this.rejects.at(-1)?.record ?? 0) + 1))
      assert.isBelow(reject.record, end)
      this.rejects.push(reject)
    }
    this.rows.push(...decoded)
    batch.release()
  }
}

/** Feeds the scanner directly with the chunks of a file. */
export const scanAll = (
  pieces: Iterable<Uint8Array>,
  { clean, onBatch, onText, ...options }: ScanOptions = {},
): ScanOutcome => {
  let isAllowed = clean === undefined
  const scanner = new CsvScanner({
    dialect: standard,
    offset: 0,
    ...options,
    maxRecordSize: ByteSize.toNumberUnsafe(options.maxRecordSize ?? maxRecordSize),
  })
  const collected = new Batches()
  let error: LoadError | null = null
  const take = (scanned: ScanResult): void => {
    for (let next: ScanResult | null = scanned; next !== null && error === null;) {
      if (next.batch !== null) {
        onBatch?.(next.batch)
        collected.take(next.batch)
      }
      error = next.error
      if (!isAllowed && scanner.header !== null) {
        scanner.passClean(clean!)
        isAllowed = true
      }
      next = scanner.hasMore ? scanner.resume() : null
    }
  }
  for (const piece of pieces) if (error === null) take(scanner.push(piece))
  if (error === null) take(scanner.finish())
  onText?.(collected.textRows, collected.switches)
  const { header, records, warnings } = scanner
  const { counts: repairs, first: repaired } = scanner.repairs
  assert.strictEqual(records, collected.records, "every record is a row or a reject")
  if (error === null) assertBalanced(scanner.lines, scanner.skipped, collected.skipped)
  const { rejects, rows, skipped } = collected
  const { blank } = scanner.skipped
  const lines = error === null ? scanner.lines : null
  return { header, error, records, repairs, repaired, rows, rejects, skipped, blank, lines, warnings }
}

/** Scans a file whole, cut in two at every place, and byte by byte, with SIMD and without. All results have to be equal. */
export const scanEveryWay = (file: string | Uint8Array, options: ScanOptions = {}): ScanOutcome => {
  const whole = typeof file === "string" ? utf8(file) : file
  const outcome = scanAll([whole], { ...options, vectorFrom: Infinity })
  for (const vectorFrom of [0, Infinity]) {
    assert.deepStrictEqual(scanAll([whole], { ...options, vectorFrom }), outcome, `from ${vectorFrom}`)
    assert.deepStrictEqual(
      scanAll(cut(whole, 1), { ...options, vectorFrom }),
      outcome,
      `bytes, ${vectorFrom}`,
    )
    for (let at = 1; at < whole.length; at++) {
      const pieces = [whole.slice(0, at), whole.slice(at)]
      assert.deepStrictEqual(
        scanAll(pieces, { ...options, vectorFrom }),
        outcome,
        `cut at ${at}, ${vectorFrom}`,
      )
    }
  }
  return outcome
}

/** Scans a file directly, to test cuts within the first kilobyte: `readCsv` joins the first chunks. */
export const scan = (pieces: Iterable<Uint8Array>, options: ScanOptions = {}): Outcome => {
  const { error, header, rows } = scanAll(pieces, options)
  return { header, rows, error }
}

/** Reads a file whole and in chunks of several sizes. All results have to be equal. */
export const read = Effect.fnUntraced(function* (
  file: string | Uint8Array,
  options: Partial<ReadCsvOptions> = {},
) {
  const whole = typeof file === "string" ? utf8(file) : file
  const outcome = yield* outcomeOf([whole], options)
  const isScanned = refuseOtherFormats(whole, options.contentType ?? null) === null
  const offset = byteOrderMarkLength(whole)
  for (const size of [1, 2, 3, 5, 7]) {
    assert.deepStrictEqual(yield* outcomeOf(cut(whole, size), options), outcome, `in pieces of ${size}`)
    if (isScanned)
      assert.deepStrictEqual(
        scan(cut(whole.subarray(offset), size), { ...options, offset }),
        outcome,
        `scanned by ${size}`,
      )
  }
  return outcome
})

/** The table of a valid file. */
export const table = Effect.fnUntraced(function* (
  file: string | Uint8Array,
  options: Partial<ReadCsvOptions> = {},
) {
  const { header, rows, error } = yield* read(file, options)
  assert.isNull(error)
  return { header, rows }
})

/** The error of an invalid file: code, place and message. */
export const refusalOf = Effect.fnUntraced(function* (
  file: string | Uint8Array,
  options: Partial<ReadCsvOptions> = {},
) {
  const { error } = yield* read(file, options)
  assert.isNotNull(error)
  return { code: error.code, ...error.place, message: error.message }
})
