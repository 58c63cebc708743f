import * as Schema from "effect/Schema"

/** Why a record could not become a row. With `onBadRow=fail` the load fails with the same code. */
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

/** How much of a rejected record is kept, in bytes of UTF-8. */
export const longestRaw = 8192

/** A record that could not be loaded, with the place of the error (`SourcePlace`). */
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
   * The record's text, cut to `longestRaw` bytes. A byte that text cannot hold (a NUL, or invalid UTF-8) is written
   * `\xNN`.
   */
  raw: Schema.String,
  /** Length of the whole record in bytes of UTF-8, without its line ending. */
  rawBytes: Schema.Natural,
})
export type Reject = typeof Reject.Type
