import * as Schema from "effect/Schema"
import type { SkippedCounts } from "./SkippedLine.ts"

/**
 * How many physical lines of a file belong to what. LF, CRLF and a lone CR each end a line, also inside quotes; a final
 * line ending does not start another line.
 *
 * `total = header + rows + rejects + skipped lines` holds for every file. The reader counts each number on its own, and
 * the load fails if the sum is wrong.
 */
export const LineCounts = Schema.Struct({
  total: Schema.Natural.annotate({ description: "Lines in the file." }),
  header: Schema.Natural.annotate({ description: "Lines of the header; 0 if the file has none." }),
  rows: Schema.Natural.annotate({ description: "Lines of the records that became rows." }),
  rejects: Schema.Natural.annotate({ description: "Lines of the rejected records." }),
}).annotate({ identifier: "LineCounts" })
export type LineCounts = typeof LineCounts.Type

/** Lines of the file that belong to nothing: 0, unless the reader has a bug. Negative if a line was counted twice. */
export const unaccountedLines = (
  { header, rejects, rows, total }: LineCounts,
  { blank = 0, comment = 0, footer = 0, preamble = 0 }: SkippedCounts,
): number => total - header - rows - rejects - blank - comment - footer - preamble

export const noLines: LineCounts = { total: 0, header: 0, rows: 0, rejects: 0 }
