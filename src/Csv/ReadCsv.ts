import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { OnBadRow } from "../Domain/load/BadRows.ts"
import type { CsvOptions } from "../Domain/load/CsvOptions.ts"
import { type LoadError, loadError } from "../Domain/load/LoadError.ts"
import type { CsvFile } from "./CsvFile.ts"
import { Arrivals } from "./sample/Arrivals.ts"
import { CsvScanner, type Scanned } from "./scan/CsvScanner.ts"
import type { Dialect } from "./record/Dialect.ts"
import { declaredEncoding } from "./encoding/DeclaredEncoding.ts"
import { Utf8Reader } from "./encoding/Utf8Reader.ts"
import { findDialect, type Found } from "./sample/FindDialect.ts"
import { firstBytesWanted, refusal } from "./sample/FirstBytes.ts"
import { Patience } from "./sample/Patience.ts"
import { plainLayout } from "./record/HeaderLayout.ts"
import { LineSkip } from "./record/LineSkip.ts"
import { emptySample, grown, startingWith, textOf } from "./sample/TextChunks.ts"
import { TextScan } from "./scan/TextScan.ts"
import { type NextChunk, chunkwise } from "../Bytes/NextChunk.ts"

/** Postgres takes no row of more than 1 GiB whatever is configured: no string in its memory is longer. */
const largestRecordOfPostgres = 2 ** 30

export interface ReadCsvOptions {
  /** Largest record in bytes of UTF-8, line ending not counted; the header is a record too. */
  readonly maxRecordSize: ByteSize.ByteSize
  /** `Content-Type` of the file, where there is one: tells a web page from a CSV file, and hints at the encoding. */
  readonly contentType?: string | null
  /** What the user says about the file; the rest is found out. */
  readonly csv?: CsvOptions
  /** The whole dialect, of a file with a header and nothing before it: then nothing but the encoding is found out. */
  readonly dialect?: Dialect
  /** What becomes of a record that cannot become a row; left out, it ends the load. */
  readonly onBadRow?: OnBadRow
}

/** The batches of a scan, one step per pull; `scanned` comes first. */
const batchesFrom = (scan: TextScan, scanned: Scanned) => {
  let waiting: Scanned | null = scanned
  let failure: LoadError | null = null
  const pull = Effect.gen(function* () {
    while (true) {
      if (failure !== null) return yield* failure
      if (waiting === null && scan.isFinished) return yield* Cause.done()
      const current: Scanned = waiting ?? (yield* scan.step)
      waiting = null
      failure = current.error
      if (current.batch !== null) return [current.batch] as const
    }
  })
  return Stream.fromPull(Effect.succeed(pull))
}

/** How the file is written, and its text from the start. */
const found = Effect.fnUntraced(function* (
  next: NextChunk,
  reader: Utf8Reader,
  patience: Patience,
  { csv, dialect }: ReadCsvOptions,
) {
  if (dialect === undefined) return yield* findDialect(next, reader, patience, csv ?? {})
  const text = textOf(next, reader)
  return {
    dialect,
    layout: plainLayout,
    headerRepair: null,
    skipLines: 0,
    recordEnd: null,
    text,
  } satisfies Found & {
    text: NextChunk
  }
})

/** The text behind so many lines, where that is in the text, and the number of its first line. */
const behindLines = Effect.fnUntraced(function* (text: NextChunk, lines: number) {
  const skip = new LineSkip(lines)
  let offset = 0
  if (lines === 0) return { text, offset, line: 1 }
  while (true) {
    const chunk = yield* text
    if (chunk === null) return { text, offset, line: 1 + skip.skipped }
    const end = skip.push(chunk)
    offset += end
    if (end < chunk.length)
      return { text: startingWith(chunk.slice(end), text), offset, line: 1 + skip.skipped }
  }
})

/**
 * Reads a CSV file up to the end of its header and gives the rest as rows in COPY's binary format. Finds out how
 * the file is written from its first megabyte at most, with what `options` say taken as true; from what has come a
 * second after its first byte, where that is less (`Patience`). Pulls no faster than the rows are taken, but for
 * one chunk, and works by the chunk, never by the row.
 *
 * Fails, here or in `batches`, with the `LoadError` that names the bad record and its place, unless `onBadRow` says
 * otherwise, and always where that is the first record, which settles the columns; `not_csv` when
 * the file is plainly something else, `empty_file` when it holds no header, `invalid_encoding` where it is not
 * in its encoding, and with whatever `bytes` fails.
 */
export const readCsv: (
  bytes: Stream.Stream<Uint8Array, LoadError>,
  options: ReadCsvOptions,
) => Effect.Effect<CsvFile, LoadError, Scope.Scope> = Effect.fn("Csv.readCsv")(function* (bytes, options) {
  const scope = yield* Effect.scope
  const patience = new Patience(scope)
  const arrivals = new Arrivals(patience.watching(chunkwise(yield* Stream.toPull(bytes))), scope)
  const first = yield* grown(emptySample, firstBytesWanted, arrivals, patience)
  const contentType = options.contentType ?? null
  const onBadRow = options.onBadRow ?? "fail"
  const refused = refusal(first.bytes, contentType)
  if (refused !== null) return yield* refused
  const reader = yield* Utf8Reader.open(first.bytes, {
    encoding: options.csv?.encoding,
    declared: declaredEncoding(contentType),
    marksBad: onBadRow !== "fail",
  })
  const { dialect, headerRepair, layout, recordEnd, skipLines, text } = yield* found(
    startingWith(first.bytes.subarray(reader.offset), arrivals.next),
    reader,
    patience,
    options,
  )
  const start = yield* behindLines(text, skipLines)
  const maxRecordSize = Option.getOrElse(ByteSize.toNumber(options.maxRecordSize), () => Infinity)
  const scanner = new CsvScanner({
    dialect,
    layout,
    maxRecordSize: Math.min(maxRecordSize, largestRecordOfPostgres),
    offset: reader.offset + start.offset,
    line: start.line,
    onBadRow,
  })
  const scan = new TextScan(scanner, reader, start.text)
  let scanned = yield* scan.step
  while (scan.header === null && scanned.error === null) {
    // The sample is in memory, so the scan of a large header would not pause by itself.
    yield* Effect.yieldNow
    scanned = yield* scan.step
  }
  if (scan.header === null)
    return yield* scanned.error ?? loadError("internal_error", "The header was neither read nor refused.")
  return {
    header: scan.header,
    dialect,
    headerRepair,
    summary: () => ({
      dialect: {
        delimiter: dialect.delimiter,
        quote: dialect.quote,
        escape: dialect.escape,
        comment: dialect.comment,
        lineEnding: recordEnd,
        skipsBlanks: dialect.skipInitialSpace,
        hasHeader: layout.hasHeader,
        skippedLines: start.line - 1,
      },
      encoding: reader.encoding,
      repairs:
        headerRepair !== null && headerRepair.added > 0
          ? { ...scan.repairs, short_header: headerRepair.added }
          : { ...scan.repairs },
      records: scan.records,
    }),
    batches: batchesFrom(scan, scanned),
  }
})
