/** The syntax of a CSV file. Delimiter, quote, escape and comment are one ASCII character each. */
export interface Dialect {
  /** Separates fields; `null`: each record is one field. */
  readonly delimiter: string | null
  /** Encloses a field that may contain delimiters and line breaks; `null`: there is no quoting. */
  readonly quote: string | null
  /**
   * Inside quotes, makes the next quote or escape an ordinary character. Before any other character it is an ordinary
   * character itself, as in Postgres's `COPY … (FORMAT csv, ESCAPE …)`. Equal to `quote` where quotes are doubled.
   */
  readonly escape: string
  /** `any`: LF, CRLF and a lone CR each end a record, even mixed. `lf`: a CR is an ordinary character. */
  readonly recordEnd: "any" | "lf"
  /** Spaces before a field and after a closing quote are ignored. */
  readonly skipInitialSpace: boolean
  /** A line that starts with this character is a comment; `null`: there are no comments. */
  readonly comment: string | null
  /** Which fields are NULL: empty fields without quotes, all empty fields, or none. */
  readonly nulls: "unquotedEmpty" | "empty" | "none"
  /** Texts that are also NULL if they are not quoted. */
  readonly nullValues: ReadonlyArray<string>
}

/** A character of a dialect as a byte; -1 for `null`. */
export const byteOf = (character: string | null): number =>
  character === null ? -1 : character.charCodeAt(0)

/** RFC 4180 with any line ending, and Postgres's rule for NULL. */
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
