import * as Schema from "effect/Schema"

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

export const noLines: LineCounts = { total: 0, header: 0, rows: 0, rejects: 0 }
