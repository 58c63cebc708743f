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
  "type_mismatch",
  "null_value",
  "check_violated",
  /** A reason of a later version, which stored the reject. */
  "other",
])
export type RejectReason = typeof RejectReason.Type

/** How much of a rejected record is kept, in bytes of UTF-8. */
export const longestRaw = 8192

export const Reject = Schema.Struct({
  record: Schema.Natural.annotate({
    description: "Number of the record, from 1, over all files of the job.",
  }),
  line: Schema.Natural.annotate({ description: "Line of the error, from 1." }),
  column: Schema.NullOr(Schema.Natural).annotate({
    description: "CSV column of the error, from 1; null if the error is about the whole record.",
  }),
  byteOffset: Schema.Natural.annotate({
    description: "Bytes from the start of the decoded file to the error.",
  }),
  reason: RejectReason.annotate({ description: "Stable code, as in a job's `rejects`." }),
  message: Schema.String.annotate({ description: "What is wrong and what to do, for people." }),
  /** Cut to `longestRaw` bytes. */
  raw: Schema.String.annotate({
    description: "The first 8 KiB of the record's text. Bytes that text cannot hold are written \\xNN.",
  }),
  rawBytes: Schema.Natural.annotate({
    description: "Length of the whole record in bytes of UTF-8, without its line ending.",
  }),
}).annotate({ identifier: "Reject", description: "A record that could not be loaded." })
export type Reject = typeof Reject.Type

/** Which of the job's files something is in. */
export const FileOfPart = Schema.NullOr(Schema.String).annotate({
  description:
    "The file, as `fileUrls` of the job has it; null if the job has one file. Lines and bytes are counted in the file.",
})

/** A reject as its job keeps it. */
export const KeptReject = Schema.Struct({ ...Reject.fields, fileUrl: FileOfPart }).annotate({
  identifier: "KeptReject",
  description: "A record that could not be loaded.",
})
export type KeptReject = typeof KeptReject.Type
