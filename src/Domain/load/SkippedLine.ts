import * as Schema from "effect/Schema"
import { FileOfPart } from "./Reject.ts"

/** Why a line belongs neither to the header nor to a record. */
export const SkipKind = Schema.Literals([
  /** Before the header: a title, or the lines of `skipLines`. */
  "preamble",
  /** Starts with the comment character. */
  "comment",
  /** Empty, or only spaces and tabs in a table of several columns. Counted, but not kept. */
  "blank",
  /** After the last record: totals and notes. */
  "footer",
])

export type SkipKind = typeof SkipKind.Type

/** Number of skipped lines by kind. Kinds that did not occur are absent. */
export const SkippedCounts = Schema.Record(SkipKind, Schema.optionalKey(Schema.Natural))
export type SkippedCounts = typeof SkippedCounts.Type

/**
 * Most skipped lines that are kept of one load; the others are only counted. A row in Postgres takes about a hundred bytes
 * more than its text, so a file of nothing but `#` would otherwise take fifty times its size.
 */
export const maxKeptLines = 1_000_000

/** Number of skipped lines that have a text. */
export const countUnblank = ({ comment = 0, footer = 0, preamble = 0 }: SkippedCounts): number =>
  preamble + comment + footer

/** How many of the skipped lines are kept. */
export const countKept = (counts: SkippedCounts): number => Math.min(countUnblank(counts), maxKeptLines)

/** A physical line that was skipped. Blank lines have no text and are only counted. */
export const SkippedLine = Schema.Struct({
  kind: SkipKind.pick(["preamble", "comment", "footer"]).annotate({
    description: "Why the line was skipped.",
  }),
  line: Schema.Natural.annotate({ description: "Number of the line in the file, from 1." }),
  byteOffset: Schema.Natural.annotate({
    description: "Bytes from the start of the decoded file to the line.",
  }),
  /** Cut to `longestRaw` bytes. */
  raw: Schema.String.annotate({
    description: "The first 8 KiB of the line's text. Bytes that text cannot hold are written \\xNN.",
  }),
  rawBytes: Schema.Natural.annotate({
    description: "Length of the whole line in bytes of UTF-8, without its line ending.",
  }),
}).annotate({ identifier: "SkippedLine", description: "A line that is neither a record nor the header." })
export type SkippedLine = typeof SkippedLine.Type

/** A skipped line as its job keeps it. */
export const KeptLine = Schema.Struct({ ...SkippedLine.fields, fileUrl: FileOfPart }).annotate({
  identifier: "KeptLine",
  description: "A line that is neither a record nor the header.",
})
export type KeptLine = typeof KeptLine.Type
