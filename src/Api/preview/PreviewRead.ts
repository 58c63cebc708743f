import * as ByteSize from "effect/ByteSize"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { arrangeRows } from "../../Csv/columns/arrangeRows.ts"
import { KeyCheck } from "../../Csv/columns/KeyCheck.ts"
import { RowEncoder } from "../../Csv/columns/RowEncoder.ts"
import { encodeBatches } from "../../Csv/columns/typeRows.ts"
import { readCsv } from "../../Csv/ReadCsv.ts"
import type { OpenedSource } from "../../Domain/source/CsvSource.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import { defaultOnBadRow, type LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { formatLimit, isExceeded } from "../../Domain/load/options/RejectLimit.ts"
import { rejectLimitOf } from "../../Domain/load/options/rejectLimitOf.ts"
import { tableCheck } from "../../Csv/columns/tableCheck.ts"
import { PreviewAccumulator } from "./PreviewAccumulator.ts"
import { changesOfRows, emptying, keysOfRows, takenKey } from "./tableAsItIs.ts"
import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"
import { rowWidth } from "../../Domain/load/columns/planColumns.ts"
import { planLoad } from "../../Domain/load/columns/planLoad.ts"
import { WarningCollector } from "../../Csv/WarningCollector.ts"
import { masked, UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import type { SourceUrl } from "../../Domain/source/SourceUrl.ts"

const mebibyte = 1024 * 1024

/** Bytes of the decompressed file that a preview reads. Twice what detection reads, because UTF-16 shrinks by half. */
const maxBytes = 2 * mebibyte + 128 * 1024

/** Enough to infer the types of the columns. */
const enoughBytes = mebibyte

/** Until it has this many records, a preview reads on, up to `maxBytes`. */
const enoughRecords = 20

/** Longest wait for rows once the columns are known, because a source may send them one by one for hours. */
const rowsTimeout = Duration.seconds(3)

const beginningOnly = (bytes: number, records: number) =>
  loadWarning(
    "beginning_only",
    `Only the first ${bytes} bytes of the file were read, and the first ${records} records in them examined. The rest may be different.`,
  )

/** A preview of a file that cannot be loaded is shown all the same: it shows what to change. */
const wouldFail = (counts: PreviewAccumulator, options: LoadOptions) => {
  const limit = rejectLimitOf(options)
  return isExceeded(limit, counts, "all")
    ? [
        loadWarning(
          "would_fail",
          `A load with these options fails (too_many_bad_rows): ${counts.rejected} of ${counts.records} records cannot be loaded, more than maxBadRows=${formatLimit(limit)} allows.`,
        ),
      ]
    : []
}

/** The same for an error that was found in the beginning. */
const failing = ({ code, message, place: { line } }: LoadError) =>
  loadWarning("would_fail", `A load with these options fails (${code}): ${message}`, line)

/** A file cannot be shown. Its warnings may say why. */
class BeginningUnreadable extends Data.TaggedError("BeginningUnreadable")<{
  readonly error: LoadError
  readonly warnings: ReadonlyArray<LoadWarning>
}> {}

/** What has been noticed so far. */
interface Noticed {
  warnings: () => ReadonlyArray<LoadWarning>
}

const firstOnly = (others: number) =>
  others === 0
    ? []
    : [
        loadWarning(
          "first_file_only",
          `A preview reads only the first of several files. A load fails if ${others === 1 ? "the other one has" : `one of the ${others} others has`} other columns.`,
        ),
      ]

/** A file that is requested, or that a client sends. */
interface PreviewedFile {
  readonly fileUrl: SourceUrl
  readonly opening: Effect.Effect<OpenedSource, LoadError, Scope.Scope>
  /** Number of further files of the load, which are not read. */
  readonly others: number
}

const read = Effect.fnUntraced(function* (
  { fileUrl, opening, others }: PreviewedFile,
  options: LoadOptions,
  noticed: Noticed,
) {
  const opened = yield* opening
  const cut = loadError(
    "record_too_large",
    `No record ends in the first ${maxBytes} bytes of the file, and a preview reads no more. Give the delimiter and the quote, or load the file.`,
  )
  let bytesRead = 0
  // Fails at the limit instead of ending, so that a record cut there is not taken for the last record of the file.
  const prefix = Stream.mapEffect(opened.bytes, (chunk) => {
    if (bytesRead >= maxBytes) return Effect.fail(cut)
    bytesRead += chunk.length
    return Effect.succeed(chunk)
  })
  const onBadRow = options.onBadRow ?? defaultOnBadRow
  const csv = yield* readCsv(prefix, {
    maxRecordSize: ByteSize.mebibytes(2),
    contentType: opened.contentType,
    csv: options,
    onBadRow,
    findsRows: true,
    onFormat: (summary) => {
      noticed.warnings = () => summary().warnings
    },
  })
  const plan = yield* planLoad(csv.header, options, { schema: options.schema, table: options.tableName })
  const { columns, schemaChanges } = plan
  const check = yield* tableCheck(plan, options)
  const keyChecks = keysOfRows(plan).map((key) => new KeyCheck(columns, key, { findsDuplicates: true }))
  let keyError: LoadError | undefined
  const ofFile = columns.filter(({ index }) => index < csv.header.length)
  const warnings = new WarningCollector(csv, ofFile, options)
  noticed.warnings = () => warnings.warnings(csv.summary(), false)
  const encoder = new RowEncoder(columns, rowWidth(csv.header, options), {
    ...options,
    infer: true,
    showsLenient: options.types === undefined || options.types === "text",
    keepText: true,
    onBadRow,
  })
  const accumulator = new PreviewAccumulator(columns)
  let isEnough = false
  const last = options.sourceColumn === undefined ? null : masked(fileUrl, yield* UrlMasking)
  const isWhole = yield* csv.batches.pipe(
    Stream.map(arrangeRows({ order: null, last }, csv.header.length)),
    check ?? identity,
    Stream.tap((batch) => Effect.sync(() => accumulator.observe(batch))),
    encodeBatches(encoder),
    Stream.takeUntil((batch) => {
      warnings.observe(batch)
      for (const keyCheck of keyChecks) keyError ??= keyCheck.violation(batch)
      accumulator.push(batch)
      isEnough = bytesRead >= enoughBytes && accumulator.records >= enoughRecords
      return isEnough
    }),
    Stream.runDrain,
    Effect.map(() => !isEnough),
    Effect.catchIf(
      (error) => error === cut && accumulator.records > 0,
      () => Effect.succeed(false),
    ),
    Effect.timeoutOrElse({ duration: rowsTimeout, orElse: () => Effect.succeed(false) }),
  )
  yield* Effect.annotateCurrentSpan({
    "sluice.preview.bytes": bytesRead,
    "sluice.preview.records": accumulator.records,
  })
  keyError ??= yield* takenKey(plan, options, accumulator.rows)
  const rowChanges = yield* changesOfRows(plan, options, accumulator.rows)
  const { records: _, ...findings } = csv.summary()
  return {
    findings: {
      ...findings,
      warnings: [
        ...(keyError === undefined ? [] : [failing(keyError)]),
        ...(isWhole && accumulator.records === accumulator.rejected ? emptying(plan) : []),
        ...(isWhole ? wouldFail(accumulator, options) : [beginningOnly(bytesRead, accumulator.records)]),
        ...firstOnly(others),
        ...warnings.warnings(findings, isWhole),
        ...encoder.warnings,
      ],
    },
    fileName: opened.fileName,
    compression: opened.compression(),
    columns,
    numbers: columns.map(({ index }) => (index < csv.header.length ? index + 1 : null)),
    schemaChanges,
    types: encoder.types.map((type, column) => columns[column]?.existingType ?? type),
    almostTyped: encoder.almostTyped,
    recordsRead: accumulator.records,
    rows: accumulator.rows,
    rowChanges,
    repaired: csv.repaired(),
    rejects: accumulator.rejects,
    skipped: accumulator.skipped,
  }
}, Effect.scoped)

/** Reads the beginning of a file as a load with these options would. Closes the source before it returns. */
export const readBeginning = Effect.fn("Preview.read")((file: PreviewedFile, options: LoadOptions) => {
  const noticed: Noticed = { warnings: () => [] }
  return read(file, options, noticed).pipe(
    Effect.mapError((error) => new BeginningUnreadable({ error, warnings: noticed.warnings() })),
  )
})

/** How the beginning of a file was read. */
export type FileBeginning = Effect.Success<ReturnType<typeof readBeginning>>
