import * as Schema from "effect/Schema"
import { isStorable } from "./isStorable.ts"

/** A text for NULL. No field holds what Postgres cannot store. */
export const NullValue = Schema.String.check(
  Schema.makeFilter(
    (text: string) => isStorable(text) || "give texts without NUL and without lone surrogates",
  ),
)
