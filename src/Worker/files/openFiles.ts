import * as Arr from "effect/Array"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { arrangementOf, arrangeRows, changesRows } from "../../Csv/columns/arrangeRows.ts"
import { type CsvFile, readCsv } from "../../Csv/ReadCsv.ts"
import { enterPhase } from "../../Domain/job/attempts/AttemptTimeline.ts"
import { type Attempt, fileUrlsOf } from "../../Domain/job/Jobs.ts"
import { matchHeader } from "../../Domain/load/columns/matchHeader.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import { inFile } from "../../Domain/load/inFile.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { givesTypes } from "../../Domain/load/options/ColumnOption.ts"
import { defaultOnBadRow, type LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { defaultMode } from "../../Domain/load/options/ModeOptions.ts"
import { WorkerSettings } from "../../Domain/service/WorkerSettings.ts"
import { CsvSource, type OpenedSource } from "../../Domain/source/CsvSource.ts"
import type { KnownVersion } from "../../Domain/source/FileVersion.ts"
import { InTurn } from "../turns/LoadTurn.ts"
import type { FileReading } from "./FileReading.ts"
import { FileReadings } from "./FileReadings.ts"

type Batches = Stream.Stream<CopyBatch, LoadError>

const findsRows = (options: LoadOptions): boolean =>
  (options.types ?? "text") !== "text" ||
  givesTypes(options) ||
  options.primaryKey !== undefined ||
  (options.mode ?? defaultMode) !== "create"

/** The batch of one of several files, with the numbers that its records have among those of all. */
const placed = ({ place, recordsBefore }: FileReading, batch: CopyBatch): CopyBatch =>
  place === undefined
    ? batch
    : {
        ...batch,
        file: place,
        firstRecord: batch.firstRecord + recordsBefore,
        rejects: batch.rejects.map((reject) => ({ ...reject, record: reject.record + recordsBefore })),
      }

/** The error of one of several files, with the number that its record has among those of all. */
const placedError =
  ({ place, recordsBefore }: FileReading) =>
  (error: LoadError): LoadError => {
    const { record } = error.place
    const numbered = record === null ? error : error.at({ record: record + recordsBefore })
    return inFile(numbered, place)
  }

interface ReadFile {
  readonly csv: CsvFile
  readonly file: FileReading
}

const headerOf = ({ csv, file }: ReadFile) => ({
  url: file.url,
  header: csv.header,
  hasHeader: csv.summary().dialect.hasHeader,
})

/**
 * Opens the first file of a load and reads its header. The others are opened one after the other, each when the rows of the one before
 * have been read, so that one connection is open at a time.
 *
 * @param known of the run of a source: the version that its table has, which is not loaded again
 */
export const openFiles = Effect.fnUntraced(function* (
  attempt: Attempt,
  files: FileReadings,
  known: KnownVersion | undefined,
) {
  const { options } = attempt
  const urls = fileUrlsOf(attempt)
  const csvSource = yield* CsvSource
  const inTurn = yield* InTurn
  const { maxRecordSize } = yield* WorkerSettings
  const ofLoad = yield* Effect.scope

  const read = Effect.fnUntraced(function* (source: OpenedSource) {
    const file = files.add(source)
    const csv = yield* readCsv(inTurn(source.bytes), {
      maxRecordSize,
      contentType: source.contentType,
      csv: options,
      onBadRow: options.onBadRow ?? defaultOnBadRow,
      findsRows: findsRows(options),
      onFormat: file.begin,
    }).pipe(Effect.mapError(placedError(file)))
    return { csv, file }
  })

  const request = (number: number) =>
    csvSource
      .open(urls[number]!, options)
      .pipe(
        Effect.mapError((error) =>
          inFile(error, files.areSeveral ? { url: files.urls[number]! } : undefined),
        ),
      )

  let current = yield* Scope.fork(ofLoad)
  const versioned =
    known === undefined
      ? null
      : yield* csvSource.openIfChanged(urls[0]!, options, known).pipe(Scope.provide(current))
  const source = versioned ?? (yield* request(0).pipe(Scope.provide(current)))
  yield* enterPhase("detecting")
  const first = yield* read(source).pipe(Scope.provide(current))

  /** The rows of a file with the fields of the first one, and its name. */
  const batchesOf = ({ csv, file }: ReadFile, order: ReadonlyArray<number>, allowsText: boolean): Batches => {
    const arrangement = arrangementOf(
      order,
      csv.header.length,
      options.sourceColumn === undefined ? null : file.url,
    )
    if (allowsText && !changesRows(arrangement)) csv.allowText()
    if (file.place === undefined && !changesRows(arrangement)) return csv.batches
    const arrange = arrangeRows(arrangement, csv.header.length)
    return csv.batches.pipe(
      Stream.mapArray((some) => Arr.map(some, (batch) => placed(file, arrange(batch)))),
      Stream.mapError(placedError(file)),
    )
  }

  /** Opens the next file. Meanwhile, the load does not have its turn. */
  const openNext = Effect.fnUntraced(function* (number: number) {
    yield* Scope.close(current, Exit.void)
    current = yield* Scope.fork(ofLoad)
    const opened = yield* Deferred.make<OpenedSource>()
    const opening = Effect.flatMap(request(number), (next) => Deferred.succeed(opened, next))
    yield* Stream.runDrain(inTurn(Stream.fromEffectDrain(Scope.provide(opening, current))))
    return yield* Scope.provide(read(yield* Deferred.await(opened)), current)
  })

  /** The rows of all files. */
  const batches = (columns: ReadonlyArray<PlannedColumn>, allowsText: boolean): Batches => {
    const loaded = new Set(columns.map(({ index }) => index))
    const ofFile = columns.filter(({ index }) => index < first.csv.header.length)
    first.file.beginRows(first.csv, ofFile, options)
    const expected = headerOf(first)
    const nextBatches = Effect.fnUntraced(function* (number: number) {
      const next = yield* openNext(number)
      // The names of the columns are those of the first file.
      next.file.beginRows(next.csv, [], options)
      const order = yield* Effect.fromResult(matchHeader(expected, headerOf(next), loaded, options))
      return batchesOf(next, order, allowsText)
    })
    const others = urls.slice(1).map((_, index) => Stream.unwrap(nextBatches(index + 1)))
    const unchanged = first.csv.header.map((_, index) => index)
    return others.reduce<Batches>(
      (all, next) => Stream.concat(all, next),
      batchesOf(first, unchanged, allowsText),
    )
  }

  return {
    header: first.csv.header,
    batches,
    /** The version of the file of a source, once it has been read to its end. */
    version: () => versioned?.version() ?? null,
  }
})
