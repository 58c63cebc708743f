/**
 * COPY's text format with options of its own (Postgres documentation, COPY, "Text Format"). All batches of a load in text
 * format have the same object, because one COPY reads only one format.
 */
export interface TextFormat {
  /** One ASCII character. */
  readonly delimiter: string
  /** The field that is NULL. If it is empty, the format has no empty text. */
  readonly null: "" | "\\N"
  /** All rows end alike: Postgres takes the end of the first one and refuses others. */
  readonly lineEnd: "\n" | "\r\n"
}
