import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { decodeRows } from "../../Csv/record/CopyBinary.ts"
import type { CsvSummary } from "../../Csv/CsvFile.ts"
import { readCsv } from "../../Csv/ReadCsv.ts"
import { ColumnTypes } from "../../Csv/types/ColumnTypes.ts"
import type { Column } from "../../Domain/load/Column.ts"
import { columnNames } from "../../Domain/load/ColumnNames.ts"
import type { ColumnType } from "../../Domain/load/ColumnType.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import { CsvSource } from "../../Domain/source/CsvSource.ts"
import { defaultOnBadRow, type LoadOptions } from "../../Domain/load/LoadOptions.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import type { SourceUrl } from "../../Domain/source/SourceUrl.ts"
import { prefixOf } from "./FilePrefix.ts"

/** Records in a preview. */
const maxRecords = 20

/** Longest wait for rows once the columns are known, because a source may send them one by one for hours. */
const rowsTimeout = Duration.seconds(3)

/** How the beginning of a file was read. */
export interface FileBeginning {
  readonly summary: CsvSummary
  readonly compression: string | null
  readonly columns: ReadonlyArray<Column>
  readonly types: ReadonlyArray<ColumnType>
  /** The first records: those that became rows, and those that did not. */
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
  readonly rejects: ReadonlyArray<Reject>
  /** Records read, rows and rejects, and how many of them were rejected. */
  readonly records: number
  readonly rejected: number
  readonly bytesRead: number
  /** Whether this is all of the file. */
  readonly isWhole: boolean
}

/** Counts the records, observes their types and keeps the first ones. */
class PreviewAccumulator {
  readonly rows: Array<Array<string | null>> = []
  readonly rejects: Array<Reject> = []
  records = 0
  rejected = 0
  readonly #types: ColumnTypes

  constructor(columns: number) {
    this.#types = new ColumnTypes(columns)
  }

  get types(): ReadonlyArray<ColumnType> {
    return this.#types.types()
  }

  push(batch: CopyBatch): void {
    this.#keepFirst(batch)
    this.#types.observe(batch.bytes)
    this.records += batch.rows + batch.rejects.length
    this.rejected += batch.rejects.length
    batch.release()
  }

  /** Rows have no record numbers: of the first records, they are those that are not rejects. */
  #keepFirst({ bytes, firstRecord, rejects }: CopyBatch): void {
    if (firstRecord > maxRecords) return
    const early = rejects.filter(({ record }) => record <= maxRecords)
    this.rejects.push(...early)
    this.rows.push(...decodeRows(bytes, maxRecords - (firstRecord - 1) - early.length))
  }
}

/** Reads the beginning of a file as a load with these options would. Closes the source before it returns. */
export const readBeginning = Effect.fn("Preview.read")(function* (fileUrl: SourceUrl, options: LoadOptions) {
  const opened = yield* (yield* CsvSource).open(fileUrl)
  const prefix = prefixOf(opened.bytes)
  const csv = yield* readCsv(prefix.bytes, {
    maxRecordSize: ByteSize.mebibytes(2),
    contentType: opened.contentType,
    csv: options,
    onBadRow: options.onBadRow ?? defaultOnBadRow,
  })
  const columns = columnNames(csv.header)
  const accumulator = new PreviewAccumulator(columns.length)
  let isEnough = false
  let isWhole = false
  yield* csv.batches.pipe(
    Stream.takeUntil((batch) => {
      accumulator.push(batch)
      isEnough = prefix.isEnough() && accumulator.records >= maxRecords
      return isEnough
    }),
    Stream.runDrain,
    Effect.tap(() =>
      Effect.sync(() => {
        isWhole = !isEnough
      }),
    ),
    Effect.catchIf(
      (error) => error === prefix.cut && accumulator.records > 0,
      () => Effect.void,
    ),
    Effect.timeoutOrElse({ duration: rowsTimeout, orElse: () => Effect.void }),
  )
  yield* Effect.annotateCurrentSpan({
    "sluice.preview.bytes": prefix.read(),
    "sluice.preview.records": accumulator.records,
  })
  return {
    summary: csv.summary(),
    compression: opened.compression(),
    columns,
    types: accumulator.types,
    rows: accumulator.rows,
    rejects: accumulator.rejects,
    records: accumulator.records,
    rejected: accumulator.rejected,
    bytesRead: prefix.read(),
    isWhole,
  } satisfies FileBeginning
}, Effect.scoped)
