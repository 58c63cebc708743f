import * as Schema from "effect/Schema"

/** A text for NULL. A field holds neither a NUL nor a lone surrogate, because Postgres stores neither. */
export const NullValue = Schema.String.check(
  Schema.makeFilter(
    (text: string) =>
      (text.isWellFormed() && !text.includes("\0")) || "give texts without NUL and without lone surrogates",
  ),
)
