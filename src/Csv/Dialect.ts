/** How a CSV file is written. Each sign is one ASCII character. */
export interface Dialect {
  /** Stands between two fields. */
  readonly delimiter: string
  /** Opens and closes a field that may hold delimiters and line breaks; `null`: no quoting at all. */
  readonly quote: string | null
  /**
   * Inside quotes, makes a following quote (or a following escape) an ordinary character. Before anything
   * else it stands for itself, as in Postgres's `COPY … (FORMAT csv, ESCAPE …)`.
   */
  readonly escape: string
  /** `any`: LF, CRLF and a lone CR each end a record, mixed as they come. `lf`: a CR is an ordinary character. */
  readonly recordEnd: "any" | "lf"
  /** Which fields are NULL: empty ones without quotes, every empty one, or none. */
  readonly nulls: "unquotedEmpty" | "empty" | "none"
}

/** RFC 4180, with every line ending accepted, and Postgres's rule for NULL. */
export const standard: Dialect = {
  delimiter: ",",
  quote: '"',
  escape: '"',
  recordEnd: "any",
  nulls: "unquotedEmpty",
}
