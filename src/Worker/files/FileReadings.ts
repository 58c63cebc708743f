import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { Findings } from "../../Domain/load/Findings.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { LineCounts } from "../../Domain/load/LineCounts.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import type { OpenedSource } from "../../Domain/source/CsvSource.ts"
import { FileReading } from "./FileReading.ts"

type Counts<K extends string> = Readonly<Partial<Record<K, number>>>

const sumOf = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, number) => sum + number, 0)

const sumOfCounts = <K extends string>(all: ReadonlyArray<Counts<K>>): Counts<K> => {
  const sums: Partial<Record<K, number>> = {}
  for (const counts of all) for (const name in counts) sums[name] = (sums[name] ?? 0) + (counts[name] ?? 0)
  return sums
}

const sumOfLines = (all: ReadonlyArray<LineCounts>): LineCounts => ({
  total: sumOf(all.map(({ total }) => total)),
  header: sumOf(all.map(({ header }) => header)),
  rows: sumOf(all.map(({ rows }) => rows)),
  rejects: sumOf(all.map(({ rejects }) => rejects)),
})

/** The files of a load that have been opened, in their order, as if they were one. */
export class FileReadings {
  /** Of all files of the load, as they are shown. */
  readonly urls: ReadonlyArray<string>
  readonly #files: Array<FileReading> = []

  constructor(urls: ReadonlyArray<string>) {
    this.urls = urls
  }

  get areSeveral(): boolean {
    return this.urls.length > 1
  }

  /** The next file has been opened, after the whole file before it was read. */
  add(source: OpenedSource): FileReading {
    const url = this.urls[this.#files.length]!
    this.#files.at(-1)?.end()
    const before = { records: this.records, lines: sumOf(this.#summaries.map(({ lines }) => lines.total)) }
    const file = new FileReading(url, source, this.areSeveral ? before : null)
    this.#files.push(file)
    return file
  }

  get #summaries() {
    return this.#files.flatMap(({ summary }) => summary ?? [])
  }

  /** Number of records read. */
  get records(): number {
    return sumOf(this.#summaries.map(({ records }) => records))
  }

  observe(batch: CopyBatch): void {
    this.#files.findLast(({ place }) => place === batch.file)?.observe(batch)
  }

  /** The number of the file that is read, from 1; `null` if the load has one. */
  get current(): number | null {
    return this.areSeveral && this.#files.length > 0 ? this.#files.length : null
  }

  /** In bytes, once all files have been opened. */
  get bytesTotal(): number | null {
    const sizes = this.#files.flatMap(({ source }) => source.bytesTotal ?? [])
    return sizes.length === this.urls.length ? sumOf(sizes) : null
  }

  /** In bytes, if the files that have not been opened are as large as the first one. */
  get bytesExpected(): number | null {
    const first = this.#files[0]?.source.bytesTotal ?? null
    return this.bytesTotal ?? (first === null ? null : first * this.urls.length)
  }

  readonly bytesReceived = (): number => sumOf(this.#files.map(({ source }) => source.bytesReceived()))

  readonly resumes = (): number => sumOf(this.#files.map(({ source }) => source.resumes()))

  /** Of the first file. */
  readonly compression = (): string | null => this.#files[0]?.source.compression() ?? null

  /** What a warning about two tables in one file says. */
  get otherTable(): string | undefined {
    return this.#summaries.flatMap(({ warnings }) => warnings).find(({ code }) => code === "two_tables")
      ?.message
  }

  /**
   * How the files have been read so far; `null` until the format of the first one is known.
   *
   * @param isWhole whether all files have been read to their ends
   */
  findings(
    isWhole: boolean,
    others: Pick<Findings, "rejects" | "rewrites" | "almostTyped"> & {
      readonly warnings?: ReadonlyArray<LoadWarning>
    },
  ): Findings | null {
    const read = this.#files.flatMap((file) => {
      const { summary } = file
      return summary === null ? [] : [{ file, summary }]
    })
    const [first] = read
    if (first === undefined) return null
    const { records: _, ...summary } = first.summary
    const summaries = read.map((each) => each.summary)
    const header = isWhole && !this.areSeveral ? first.file.rejectsHeader : null
    return {
      ...summary,
      repairs: sumOfCounts(summaries.map(({ repairs }) => repairs)),
      skipped: sumOfCounts(summaries.map(({ skipped }) => skipped)),
      lines: sumOfLines(summaries.map(({ lines }) => lines)),
      ...others,
      warnings: [
        ...read.flatMap((each, index) =>
          each.file.warnings(each.summary, isWhole || index < this.#files.length - 1),
        ),
        ...(others.warnings ?? []),
      ],
      ...(header === null ? {} : { header }),
      ...(this.areSeveral ? { files: read.map((each) => each.file.findings(each.summary)) } : {}),
    }
  }

  /** Names the file of a record that the database has refused. It knows no line. */
  readonly locate = (error: LoadError): LoadError => {
    const { line, record } = error.place
    if (!this.areSeveral || record === null || line !== null) return error
    const file = this.#files.findLast(({ recordsBefore }) => recordsBefore < record)
    return file === undefined
      ? error
      : error
          .withMessage(
            `${error.message} Record ${record} is number ${record - file.recordsBefore} of ${file.url}.`,
          )
          .at({ fileUrl: file.url })
  }
}
