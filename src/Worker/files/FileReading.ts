import type { CsvFile } from "../../Csv/ReadCsv.ts"
import { WarningCollector } from "../../Csv/WarningCollector.ts"
import type { Column } from "../../Domain/load/columns/Column.ts"
import type { BatchFile, CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { FileFindings } from "../../Domain/load/Findings.ts"
import { warningInFile } from "../../Domain/load/inFile.ts"
import type { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import type { OpenedSource } from "../../Domain/source/CsvSource.ts"

type Summary = ReturnType<CsvFile["summary"]>

/** One file of a load, and how it has been read so far. */
export class FileReading {
  readonly url: string
  readonly source: OpenedSource
  /** Absent if the load has one file. */
  readonly place: BatchFile | undefined
  /** Number of records of the files before it. */
  readonly recordsBefore: number
  #summary: (() => Summary) | null = null
  #warnings: WarningCollector | null = null
  #header: ReadonlyArray<string> = []
  #rows = 0
  #rejected = 0

  /** @param url as it is shown */
  constructor(
    url: string,
    source: OpenedSource,
    before: { readonly records: number; readonly lines: number } | null,
  ) {
    this.url = url
    this.source = source
    this.place = before === null ? undefined : { url, linesBefore: before.lines }
    this.recordsBefore = before?.records ?? 0
  }

  /** `null` until the format is known. */
  get summary(): Summary | null {
    return this.#summary?.() ?? null
  }

  /** Called when the format is known. */
  readonly begin = (summary: () => Summary): void => {
    this.#summary = summary
  }

  /** Called when the columns of the load are known. */
  beginRows(csv: CsvFile, columns: ReadonlyArray<Column>, options: LoadOptions): void {
    this.#header = csv.header
    this.#warnings = new WarningCollector(csv, columns, options)
  }

  /** Counts a batch, after rows that the table cannot have became rejects. */
  observe(batch: CopyBatch): void {
    this.#warnings?.observe(batch)
    this.#rows += batch.rows
    this.#rejected += batch.rejects.length
  }

  /** Keeps how the file was read, and forgets its reader. */
  end(): void {
    const { summary } = this
    if (summary !== null) this.#summary = () => summary
  }

  /** @param isWhole whether the whole file has been read */
  warnings(summary: Summary, isWhole: boolean): ReadonlyArray<LoadWarning> {
    const found = this.#warnings?.warnings(summary, isWhole) ?? summary.warnings
    return this.place === undefined ? found : found.map((warning) => warningInFile(warning, this.url))
  }

  /** The header, if rejected records need it to be loaded again. */
  get rejectsHeader(): ReadonlyArray<string> | null {
    return this.#rejected > 0 && this.summary?.dialect.hasHeader === true ? this.#header : null
  }

  findings({ dialect, encoding, lines }: Summary): FileFindings {
    const header = this.rejectsHeader
    return {
      fileUrl: this.url,
      rows: this.#rows,
      rejected: this.#rejected,
      compression: this.source.compression(),
      dialect,
      encoding,
      lines,
      ...(header === null ? {} : { header }),
    }
  }
}
