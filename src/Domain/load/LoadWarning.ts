import * as Schema from "effect/Schema"

/**
 * The warnings of a load by code, with their meaning. Codes are part of the HTTP contract: new ones may be added, but none
 * is ever renamed. The table in docs/api.md derives from this.
 */
export const warningCatalog = {
  beginning_only: "A preview read only the beginning of the file.",
  first_file_only: "A preview read only the first of several files.",
  would_fail:
    "A load of the file with these options fails: too many records cannot be loaded, or the primary key has NULL or duplicates.",
  decided_early: "The source was slow, so the format was decided from less of the file than usual.",
  quoted_rows: "Lines were quoted as a whole. The quotes around them were removed.",
  rare_delimiter:
    "Spaces, several characters, a control character or a rare sign were detected as the delimiter.",
  backslash_escapes: "Backslashes outside quotes were detected as escapes, or `\\N` as NULL.",
  encoding_guess: "The encoding was guessed with little evidence.",
  private_characters:
    "The text has characters of private use, which have no meaning of their own in Unicode.",
  encoding_option: "The byte order mark or the bytes of the file contradict the option `encoding`.",
  close_reading:
    "Another reading of the file is almost as likely. The message names it, and the option that settles it.",
  swallowed_lines:
    "Cells hold several lines that would be records: a quote that is text may have joined them.",
  two_tables: "Lines above or below the table look like another table or file.",
  ruled_line: "The line below the header has only dashes, and becomes a row.",
  header_rows: "The header has two rows, whose names were joined.",
  units_row: "The line below the header has units. It was skipped, unless few records follow.",
  fewer_rows: "The file of a source has fewer than half of the rows of its last load.",
  no_records: "The file has a header but no records.",
  rejected_records: "Some records cannot be loaded.",
  rejects_not_kept:
    "Rejects and skipped lines from this line on are counted but not kept: there are more than `MAX_REJECTS_KEPT`.",
  short_record: "Records with too few fields were filled with NULL.",
  long_record: "Records with too many fields were cut.",
  date_format: "No value has the format that `dateFormat` gives. The message names those that columns have.",
  stray_quote: "A quote that was not doubled became text.",
  one_column: "The table has only one column.",
  preamble: "Lines before the header were skipped, although `skipLines` was not given.",
  comments: "Lines were skipped as comments, although `comment` was not given.",
  footer: "Lines after the last record were skipped.",
  skipped_cells: "Skipped lines hold more than one cell, so they may be records.",
  stale_view: "A materialized view still shows the rows from before, because Sluice may not refresh it.",
  other_tables: "The load changed rows of other tables, through foreign keys or triggers of its own.",
  short_header: "The header has fewer cells than the records.",
  made_up_names: "Header cells that cannot be column names were changed, or names were made up.",
  other: "A warning of a later version of Sluice, which loaded the file.",
} as const

export const LoadWarningCode = Schema.Literals(
  Object.keys(warningCatalog) as Array<keyof typeof warningCatalog>,
)
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
