import * as Stream from "effect/Stream"
import type { RejectExport, RejectSelection } from "../../src/Domain/job/Exports.ts"
import type { RejectPage } from "../../src/Domain/job/Jobs.ts"
import type { Reject } from "../../src/Domain/load/Reject.ts"

export const pageAfter = (all: ReadonlyArray<Reject>, after: number, limit: number): RejectPage => {
  const found = all.filter((reject) => reject.record > after)
  const page = found.slice(0, limit)
  return { rejects: page, next: found.length > limit ? page.at(-1)!.record : null }
}

/** Columns of an export, in order. */
export const rejectColumns = [
  "record",
  "line",
  "column",
  "byteOffset",
  "reason",
  "message",
  "raw",
  "rawBytes",
] as const

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** An export of rejects that are in memory. */
export const exported = (all: ReadonlyArray<Reject>, { after, limit }: RejectSelection): RejectExport => {
  const { rejects, next } = pageAfter(all, after, limit ?? Infinity)
  const rows = rejects.map((reject) => rejectColumns.map((column) => String(reject[column] ?? "")))
  const lines = [rejectColumns, ...rows].map((row) => `${row.map(quoted).join(",")}\n`)
  return { csv: Stream.encodeText(Stream.fromIterable(lines)), next }
}
