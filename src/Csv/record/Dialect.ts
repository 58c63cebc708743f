/** How a CSV file is written. Each sign is one ASCII character. */
export interface Dialect {
  /** Stands between two fields; `null`: a record is one field, whatever is in it. */
  readonly delimiter: string | null
  /** Opens and closes a field that may hold delimiters and line breaks; `null`: no quoting at all. */
  readonly quote: string | null
  /**
   * Inside quotes, makes a following quote (or a following escape) an ordinary character. Before anything
   * else it stands for itself, as in Postgres's `COPY … (FORMAT csv, ESCAPE …)`.
   */
  readonly escape: string
  /** `any`: LF, CRLF and a lone CR each end a record, mixed as they come. `lf`: a CR is an ordinary character. */
  readonly recordEnd: "any" | "lf"
  /** Blanks before a field, and behind a closing quote, belong to the delimiter and not to the field. */
  readonly skipInitialSpace: boolean
  /** A line that begins with this sign is no record; `null`: there are no such lines. */
  readonly comment: string | null
  /** Which fields are NULL: empty ones without quotes, every empty one, or none. */
  readonly nulls: "unquotedEmpty" | "empty" | "none"
  /** Texts that, without quotes, are NULL too. */
  readonly nullValues: ReadonlyArray<string>
}

/** RFC 4180, with every line ending accepted, and Postgres's rule for NULL. */
export const standard: Dialect = {
  delimiter: ",",
  quote: '"',
  escape: '"',
  recordEnd: "any",
  skipInitialSpace: false,
  comment: null,
  nulls: "unquotedEmpty",
  nullValues: [],
}
