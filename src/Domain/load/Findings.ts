import * as Schema from "effect/Schema"
import { encodings } from "./Encoding.ts"
import { RejectReason } from "./Reject.ts"

/** How a file is written, as it was read: what the user said, and the rest as it was found out. */
const FileDialect = Schema.Struct({
  /** `null`: one column, whatever is in it. */
  delimiter: Schema.NullOr(Schema.String),
  quote: Schema.NullOr(Schema.String),
  escape: Schema.String,
  comment: Schema.NullOr(Schema.String),
  /** How the records at the file's beginning end; `null`: there was no line ending. */
  lineEnding: Schema.NullOr(Schema.Literals(["lf", "crlf", "cr", "mixed"])),
  /** Blanks around delimiters were taken for a part of them. */
  skipsBlanks: Schema.Boolean,
  /** Whether the first record named the columns. */
  hasHeader: Schema.Boolean,
  /** Lines before the header that are no records: a title, comments, blank lines. */
  skippedLines: Schema.Natural,
})

/** What was done to records, or to the header, to make rows of them. */
const RepairReason = Schema.Literals([
  /**
   * A record with too few fields was filled with NULL: under `onBadRow=pad`, or where the last column has neither name
   * nor values and only the delimiter before it is missing.
   */
  "short_record",
  /** A record with too many fields was cut (`onBadRow=pad`). */
  "long_record",
  /** A quote that nobody had doubled was taken as text, since then the record had the right number of fields. */
  "stray_quote",
  /** Columns that the records have and the header has no name for; their names are made up. */
  "short_header",
])
export type RepairReason = typeof RepairReason.Type

/** What a load found in its file. Reasons that did not occur are left out. */
export const Findings = Schema.Struct({
  dialect: FileDialect,
  encoding: Schema.Literals(encodings),
  repairs: Schema.Record(RepairReason, Schema.optionalKey(Schema.Natural)),
  rejects: Schema.Record(RejectReason, Schema.optionalKey(Schema.Natural)),
})
export type Findings = typeof Findings.Type
