import * as Schema from "effect/Schema"
import { AlmostTyped } from "./AlmostTyped.ts"
import { encodings } from "./Encoding.ts"
import { LineCounts } from "./LineCounts.ts"
import { LoadWarning } from "./LoadWarning.ts"
import { RejectReason } from "./Reject.ts"
import { SkippedCounts } from "./SkippedLine.ts"

/** The format of a file as it was read: as given by the user, or detected. */
const FileDialect = Schema.Struct({
  /** `null`: the file has one column. */
  delimiter: Schema.NullOr(Schema.String),
  quote: Schema.NullOr(Schema.String),
  escape: Schema.String,
  comment: Schema.NullOr(Schema.String),
  /** How the records at the beginning of the file end; `null`: there was no line ending. */
  lineEnding: Schema.NullOr(Schema.Literals(["lf", "crlf", "cr", "mixed"])),
  /** Spaces around delimiters were ignored. */
  skipsBlanks: Schema.Boolean,
  /** Whether the first record named the columns. */
  hasHeader: Schema.Boolean,
  /** Records that the header was joined from; absent: one. */
  headerRows: Schema.optionalKey(Schema.Natural),
  /** Whether a line below the header was skipped; absent: it was not. */
  unitsRow: Schema.optionalKey(Schema.Boolean),
  /** Whether the quotes around whole lines were removed; absent: they were not. */
  quotedRows: Schema.optionalKey(Schema.Boolean),
  /** Lines before the header that are not records: a title, comments, blank lines. */
  skippedLines: Schema.Natural,
})

/** A repair of a record, or of the header. */
const RepairReason = Schema.Literals([
  /**
   * A record with too few fields was filled with NULL: with `onBadRow=pad`, or if only the delimiter before a last column
   * without name and values was missing.
   */
  "short_record",
  /** A record with too many fields was cut: with `onBadRow=pad`, or if the only surplus field was empty. */
  "long_record",
  /** A quote that was not doubled became text, because then the record had the right number of fields. */
  "stray_quote",
  /** The header had fewer cells than the records. The other columns got names. */
  "short_header",
])
export type RepairReason = typeof RepairReason.Type

/** A record that was repaired. */
export const RepairedRecord = Schema.Struct({
  record: Schema.Natural.annotate({ description: "Its number among the data records, from 1." }),
  reason: RepairReason,
}).annotate({ identifier: "RepairedRecord" })
export type RepairedRecord = typeof RepairedRecord.Type

const EncodingName = Schema.Literals(encodings)

/** An encoding that was guessed with little evidence. */
export const EncodingGuess = Schema.Struct({
  encoding: EncodingName.annotate({ description: "The encoding that was used." }),
  runnerUp: EncodingName.annotate({ description: "The next best encoding." }),
}).annotate({ identifier: "EncodingGuess" })
export type EncodingGuess = typeof EncodingGuess.Type

/** How one of several files of a load was read. */
export const FileFindings = Schema.Struct({
  fileUrl: Schema.String.annotate({ description: "As in fileUrls." }),
  rows: Schema.Natural.annotate({ description: "Records that became rows." }),
  rejected: Schema.Natural.annotate({ description: "Records that could not be loaded." }),
  /** As in `OpenedSource`. */
  compression: Schema.NullOr(Schema.String),
  dialect: FileDialect,
  encoding: EncodingName,
  lines: LineCounts,
  /** As in `Findings`. */
  header: Schema.optionalKey(Schema.Array(Schema.String)),
})
export type FileFindings = typeof FileFindings.Type

/**
 * How a load read its file, with the number of repairs, rejects and skipped lines. Reasons and kinds that did not occur
 * are absent. Of several files, numbers are sums, and what only one file can have is the first one's.
 */
export const Findings = Schema.Struct({
  dialect: FileDialect,
  encoding: EncodingName,
  /** `null`: the encoding was given, declared or certain. */
  encodingGuess: Schema.NullOr(EncodingGuess),
  repairs: Schema.Record(RepairReason, Schema.optionalKey(Schema.Natural)),
  rejects: Schema.Record(RejectReason, Schema.optionalKey(Schema.Natural)),
  skipped: SkippedCounts,
  lines: LineCounts,
  /** How often the stored rows were rewritten because a value did not have the inferred type; absent: never. */
  rewrites: Schema.optionalKey(Schema.Natural),
  /** Columns that stayed text, although nearly all their values have a type; absent: none. */
  almostTyped: Schema.optionalKey(Schema.Array(AlmostTyped)),
  warnings: Schema.Array(LoadWarning),
  /** The cells of the file's header; absent if there is none, or no record was rejected. */
  header: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Those files of several that were read; absent: there was one. */
  files: Schema.optionalKey(Schema.Array(FileFindings)),
})
export type Findings = typeof Findings.Type
