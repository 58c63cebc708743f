import * as Schema from "effect/Schema"

/**
 * Codes of the warnings of a load. They are part of the HTTP contract: new ones may be added, but none is ever renamed.
 * docs/api.md explains each.
 */
export const LoadWarningCode = Schema.Literals([
  /** Skipped lines hold more than one cell, so they may be records. */
  "skipped_cells",
  /** The encoding was guessed with little evidence. */
  "encoding_guess",
  /** The table has only one column, and no delimiter was given. */
  "one_column",
  /** The header has fewer cells than the records. */
  "short_header",
  /** Header cells that cannot be column names were changed, or names were made up. */
  "made_up_names",
  /** The file has a header but no records. */
  "no_records",
  /** The file seems to hold two tables. */
  "two_tables",
  /** Lines were skipped as comments, although no comment character was given. */
  "comments",
  /** Another reading of the file is almost as likely. The message names it, and the option that settles it. */
  "close_reading",
  /** The source was slow, so the format was decided from less of the file than usual. */
  "decided_early",
])
export type LoadWarningCode = typeof LoadWarningCode.Type

/** Something to check about how a file was read. The load continues. */
export const LoadWarning = Schema.Struct({
  code: LoadWarningCode.annotate({ description: "Stable code for programs." }),
  message: Schema.String.annotate({
    description: "What to check, and the option that settles it, for people.",
  }),
  line: Schema.NullOr(Schema.Natural).annotate({
    description: "The first line that the warning is about, from 1; null if it is about the whole file.",
  }),
}).annotate({ identifier: "LoadWarning", description: "Something to check about how a file was read." })
export type LoadWarning = typeof LoadWarning.Type

export const loadWarning = (
  code: LoadWarningCode,
  message: string,
  line: number | null = null,
): LoadWarning => ({ code, message, line })
