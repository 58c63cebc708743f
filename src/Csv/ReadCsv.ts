import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { makePause } from "../Bytes/makePause.ts"
import { chunkwise } from "../Bytes/NextChunk.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import { maxColumns } from "../Domain/load/columns/Column.ts"
import type { CsvOptions } from "../Domain/load/options/CsvOptions.ts"
import type { Findings, RepairedRecord } from "../Domain/load/Findings.ts"
import type { LoadError } from "../Domain/load/LoadError.ts"
import type { OnBadRow } from "../Domain/load/options/LoadOptions.ts"
import { declaredEncoding } from "./encoding/sniffEncoding.ts"
import { Utf8Reader } from "./encoding/Utf8Reader.ts"
import type { Dialect } from "./record/Dialect.ts"
import type { HeaderRepair } from "./record/HeaderLayout.ts"
import { decodeText } from "./sample/decodeText.ts"
import { detectFormat, type FileFormat, formatOf } from "./sample/detectFormat.ts"
import { refuseOtherFormats } from "./sample/refuseOtherFormats.ts"
import { Lookahead, prefixSize } from "./sample/Lookahead.ts"
import { decidedEarly, SampleDeadline } from "./sample/SampleDeadline.ts"
import { firstLinesEnd } from "./record/firstLinesEnd.ts"
import { emptyFile, tooManyColumns } from "./record/RecordProblem.ts"
import { scanRules } from "./record/ScanRules.ts"
import { openRewriter } from "./format/openRewriter.ts"
import { RewrittenText } from "./rewrite/TextRewriter.ts"
import { CsvScanner } from "./scan/CsvScanner.ts"
import { lastLines } from "./scan/footer/lastLines.ts"
import { paddedFooter } from "./scan/footer/paddedFooter.ts"
import { findWideNote, watchEnd, wideNoteWarnings } from "./scan/footer/wideNotes.ts"
import { type FooterStart, withFooter } from "./scan/footer/withFooter.ts"
import { RecordReader } from "./scan/RecordReader.ts"

/** Postgres accepts no row of more than 1 GiB, whatever is configured. */
const maxRowSize = 2 ** 30

/** How a file was read, as jobs and previews report it. */
interface CsvSummary extends Omit<Findings, "rejects"> {
  /** Records in the batches so far, rows and rejects. */
  readonly records: number
}

/** A CSV file that has been read up to the end of its header. */
export interface CsvFile {
  /** The header's cells as they stand in the file, or the generated names if the file has no header. */
  readonly header: ReadonlyArray<string>
  readonly dialect: Dialect
  /** How the header was adapted to the width of the records; `null` if it was not. */
  readonly headerRepair: HeaderRepair | null
  /** The line of units below the header that was detected and is skipped; `null` if there is none. */
  readonly unitsLine: number | null
  /**
   * How the file has been read so far. Final after the last batch: until then the counts grow, and the encoding may
   * change from UTF-8 to another one when the first byte outside ASCII is read.
   */
  readonly summary: () => CsvSummary
  /** The first repaired records so far. */
  readonly repaired: () => ReadonlyArray<RepairedRecord>
  /**
   * Allows batches in text format, which refer to the bytes of the file where its records are valid in that format. Call it before
   * `batches` is run.
   */
  readonly allowText: () => void
  /** Rows and rejects, to be consumed once; no batch is empty. Rows before an error are emitted before it. */
  readonly batches: Stream.Stream<CopyBatch, LoadError>
}

export interface ReadCsvOptions {
  /** Largest record in bytes of UTF-8, without its line ending; also limits the header. */
  readonly maxRecordSize: ByteSize.ByteSize
  /** `Content-Type` of the response, if any: distinguishes a web page from a CSV file and hints at the encoding. */
  readonly contentType?: string | null
  /** The user's options; the rest is detected. */
  readonly csv?: CsvOptions
  /** The dialect of a file that starts with its header. Nothing but the encoding is detected then. */
  readonly dialect?: Dialect
  /** Batches can find the records of their rows in the file (`CopyBatch.rejectRow` and `lineOfRow`). */
  readonly findsRows?: boolean
  /** What to do with a record that cannot be loaded; the default is to fail. */
  readonly onBadRow?: OnBadRow
  /** Called once the format is known, before the header is read, with the `summary` of the file. */
  readonly onFormat?: (summary: CsvFile["summary"]) => void
}

const summaryOf = (
  { dialect, headerRepair, layout, lineEnding, skipLines, warnings }: FileFormat,
  decoder: Utf8Reader,
  scanner: CsvScanner,
): CsvSummary => ({
  dialect: {
    delimiter: dialect.delimiter,
    quote: dialect.quote,
    escape: dialect.escape,
    comment: dialect.comment,
    lineEnding,
    skipsBlanks: dialect.skipInitialSpace,
    hasHeader: layout.hasHeader,
    // All lines of a file without a table are skipped.
    skippedLines: Number.isFinite(skipLines) ? skipLines : scanner.lines.total,
  },
  encoding: decoder.encoding,
  encodingGuess: decoder.guess,
  repairs:
    headerRepair !== null && headerRepair.added > 0 && scanner.headerCells < (layout.columns ?? 0)
      ? { ...scanner.repairs.counts, short_header: headerRepair.added }
      : { ...scanner.repairs.counts },
  records: scanner.records,
  skipped: Record.filter(scanner.skipped, (count) => count > 0),
  lines: scanner.lines,
  warnings: [...decoder.warnings, ...warnings, ...scanner.warnings],
})

const headerDialect = ({ headerRows, unitsRow }: FileFormat) => ({
  ...(headerRows > 1 ? { headerRows } : {}),
  ...(unitsRow ? { unitsRow } : {}),
})

/** How the footer is found that does not show by its width: it is given, or padded; `null`: there is none. */
const footerStartOf = Effect.fnUntraced(function* (
  text: Lookahead,
  { dialect, layout, skipLines }: FileFormat,
  { csv: { skipFooter } = {}, onBadRow }: ReadCsvOptions,
): Effect.fn.Return<FooterStart | null, LoadError> {
  if (skipFooter !== undefined) return skipFooter === 0 ? null : lastLines(skipFooter)
  const columns = layout.columns ?? layout.width
  if (columns === null || columns === 1 || onBadRow === "pad") return null
  const { bytes, isWhole } = yield* text.peek(prefixSize)
  const table = bytes.subarray(firstLinesEnd(bytes, skipLines))
  return paddedFooter(scanRules(dialect), columns, { bytes: table, isWhole })
})

/**
 * Reads a CSV file up to the end of its header. Its records follow as batches of rows in COPY's binary format and
 * rejects. The encoding and the format are detected from the first megabyte at most, and from less if the source is slow
 * (`SampleDeadline`). Chunks are pulled only as batches are taken.
 *
 * Fails, here or in `batches`, with `not_csv` for another kind of file, `empty_file` if there is no header,
 * `too_many_columns`, `invalid_encoding`, any error of `bytes`, or the error of a record that cannot be loaded, with its place. `onBadRow`
 * applies to records after the first; the first one always has to be valid, because it determines the columns.
 */
export const readCsv: (
  bytes: Stream.Stream<Uint8Array, LoadError>,
  options: ReadCsvOptions,
) => Effect.Effect<CsvFile, LoadError, Scope.Scope> = Effect.fn("Csv.readCsv")(function* (bytes, options) {
  const { contentType = null, csv = {}, maxRecordSize, onBadRow = "fail" } = options

  const pause = yield* makePause
  const source = new SampleDeadline(chunkwise(yield* Stream.toPull(bytes)), yield* Effect.scope)
  const file = new Lookahead(source)
  const { bytes: firstBytes } = yield* file.peek(prefixSize)
  const refused = refuseOtherFormats(firstBytes, contentType)
  if (refused !== null) return yield* refused

  const decoder = Utf8Reader.open(firstBytes, {
    encoding: csv.encoding,
    declared: declaredEncoding(contentType),
    marksBad: onBadRow !== "fail",
  })
  file.skip(decoder.offset)
  const decoded = new Lookahead(decodeText(file, decoder, pause))
  if (decoder.encoding !== "utf-8") {
    const refusedText = refuseOtherFormats((yield* decoded.peek(prefixSize)).bytes, contentType)
    if (refusedText !== null) return yield* refusedText
  }

  const rare = options.dialect === undefined ? yield* openRewriter(decoded, csv) : null
  const rewriter = rare?.rewriter ?? null
  const rewritten = rewriter === null ? null : new RewrittenText(decoded, rewriter, decoder.offset, pause)
  const text = rewritten === null ? decoded : new Lookahead(rewritten)
  yield* pause
  const format =
    options.dialect === undefined
      ? yield* detectFormat(text, rare?.options ?? csv)
      : formatOf(options.dialect)
  yield* pause
  const earlyWarnings = [
    ...(source.receivedInTime === null ? [] : [decidedEarly(source.receivedInTime)]),
    ...(rare?.warnings ?? []),
  ]

  const scanner = new CsvScanner({
    dialect: format.dialect,
    layout: format.layout,
    maxRecordSize: Math.min(
      Option.getOrElse(ByteSize.toNumber(maxRecordSize), () => Infinity),
      maxRowSize,
    ),
    offset: decoder.offset,
    skipLines: format.skipLines,
    headerRows: format.headerRows,
    unitsRow: format.unitsRow,
    keepsFullComments: csv.comment === undefined,
    knowsOtherTable: format.warnings.some(({ code }) => code === "two_tables"),
    findsRows: options.findsRows ?? false,
    onBadRow,
  })
  let noteLines: number | null = null
  const watched =
    csv.skipFooter === undefined && options.dialect === undefined
      ? watchEnd(text.next, (end) => {
          noteLines = findWideNote(end, format.dialect, scanner.header?.length ?? 0)
        })
      : text.next
  const footerStart = yield* footerStartOf(text, format, options)
  const next = footerStart === null ? watched : withFooter(watched, footerStart, () => scanner.endTable())
  const records = new RecordReader(scanner, decoder, next, pause, rewritten)
  const summary = (): CsvSummary => {
    const read = summaryOf(format, decoder, scanner)
    return {
      ...read,
      dialect: { ...read.dialect, ...rare?.dialect, ...headerDialect(format) },
      warnings: [
        ...earlyWarnings,
        ...read.warnings,
        ...(noteLines === null ? [] : wideNoteWarnings(read.lines.total, noteLines, read.warnings)),
      ],
    }
  }
  options.onFormat?.(summary)
  const header = yield* records.header.pipe(
    Effect.mapError((error) =>
      error.code === "empty_file" && csv.headerRows === undefined ? emptyFile(csv) : error,
    ),
  )
  if (header.length > maxColumns) return yield* tooManyColumns(header.length)
  return {
    header,
    dialect: format.dialect,
    headerRepair: format.headerRepair,
    unitsLine: format.unitsLine,
    summary,
    repaired: () => scanner.repairs.first,
    allowText: () => {
      if (format.lineEnding === "lf") scanner.passClean("\n")
      if (format.lineEnding === "crlf") scanner.passClean("\r\n")
    },
    batches: records.batches,
  }
})
