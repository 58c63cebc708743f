import * as Schema from "effect/Schema"

/**
 * A place in the source file. Unknown parts are `null`.
 *
 * - `record`: number of the data record, from 1; the header record is 0.
 * - `line`: physical line, from 1. LF, CRLF and a lone CR each end a line, also inside quotes.
 * - `column`: number of the CSV column (field) within the record, from 1.
 * - `byteOffset`: bytes from the start of the decoded file (a byte order mark counts), from 0.
 */
export const SourcePlace = Schema.Struct({
  record: Schema.NullOr(Schema.Natural),
  line: Schema.NullOr(Schema.Natural),
  column: Schema.NullOr(Schema.Natural),
  byteOffset: Schema.NullOr(Schema.Natural),
})
export type SourcePlace = typeof SourcePlace.Type

/** The place of an error that is about the whole file or the service. */
export const nowhere: SourcePlace = { record: null, line: null, column: null, byteOffset: null }
