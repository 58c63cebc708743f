import * as Schema from "effect/Schema"

/** Why a record could not become a row; each is the code of the error that `onBadRow=fail` ends the load with. */
export const RejectReason = Schema.Literals([
  "ragged_record",
  "record_too_large",
  "unterminated_quote",
  "text_after_quote",
  "nul_byte",
  "invalid_utf8",
  "invalid_encoding",
])
export type RejectReason = typeof RejectReason.Type

/** Longest text that is kept of a rejected record, in bytes of UTF-8. */
export const longestRaw = 8192

/** A record that was set aside. Its place is that of the trouble (`SourcePlace`). */
export const Reject = Schema.Struct({
  /** Number of the record in the file, from 1; rows and rejects are counted together. */
  record: Schema.Natural,
  line: Schema.Natural,
  column: Schema.NullOr(Schema.Natural),
  byteOffset: Schema.Natural,
  reason: RejectReason,
  /** What is wrong and what to do, for people. */
  message: Schema.String,
  /**
   * The record's text, at most `longestRaw` bytes of it; a byte that text cannot hold (a NUL, or one that is not
   * UTF-8) is written `\xNN`.
   */
  raw: Schema.String,
  /** Length of the whole record in bytes of UTF-8, its line ending not counted. */
  rawBytes: Schema.Natural,
})
export type Reject = typeof Reject.Type
