import * as Stream from "effect/Stream"
import type { CsvExport, CsvSelection, KeptKind } from "../../src/Domain/job/Exports.ts"
import type { Page, PageSelection } from "../../src/Domain/job/Jobs.ts"
import type { Reject } from "../../src/Domain/load/Reject.ts"
import type { SkippedLine } from "../../src/Domain/load/SkippedLine.ts"

/** A part of the only file of a job, as the job keeps it. */
export const inOneFile = <A>(part: A) => ({ ...part, fileUrl: null })

export const pageAfter = <A>(
  all: ReadonlyArray<A>,
  numberOf: (item: A) => number,
  { after, limit }: PageSelection,
): Page<A> => {
  const found = all.filter((item) => numberOf(item) > after)
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? numberOf(items.at(-1)!) : null }
}

/** Columns of an export of rejects, in order. */
export const rejectColumns = [
  "record",
  "line",
  "column",
  "byteOffset",
  "reason",
  "message",
  "raw",
  "rawBytes",
  "fileUrl",
] as const

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

export const skippedColumns = ["kind", "line", "byteOffset", "raw", "rawBytes", "fileUrl"] as const

const fileOf = <A, C extends keyof A & string>(
  columns: ReadonlyArray<C>,
  { items, next }: Page<A>,
): CsvExport => {
  const rows = items.map((item) => columns.map((column) => String(item[column] ?? "")))
  const lines = [columns, ...rows].map((row) => `${row.map(quoted).join(",")}\n`)
  return { csv: Stream.encodeText(Stream.fromIterable(lines)), next }
}

/** An export of rejects or skipped lines that are in memory. */
export const exported = (
  kind: KeptKind,
  {
    rejects,
    skipped,
  }: { readonly rejects: ReadonlyArray<Reject>; readonly skipped: ReadonlyArray<SkippedLine> },
  { after, limit }: CsvSelection,
): CsvExport => {
  const page = { after, limit: limit ?? Infinity }
  return kind === "rejects"
    ? fileOf(
        rejectColumns,
        pageAfter(rejects.map(inOneFile), ({ record }) => record, page),
      )
    : fileOf(
        skippedColumns,
        pageAfter(skipped.map(inOneFile), ({ line }) => line, page),
      )
}
