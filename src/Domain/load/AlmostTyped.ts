import * as Schema from "effect/Schema"
import { ColumnType } from "./columns/ColumnType.ts"

/** A column that stayed `text`, although nearly all its values have a type, or all have one that can be read in two ways. */
export const AlmostTyped = Schema.Struct({
  column: Schema.String.annotate({ description: "The column's name in Postgres." }),
  type: ColumnType.annotate({
    description: "The type that all other values have; text if the values can be read in two ways.",
  }),
  misfits: Schema.Natural.annotate({ description: "Number of values that do not have the type." }),
  line: Schema.NullOr(Schema.Natural).annotate({
    description: "The line of the first such value, from 1; null if there is none.",
  }),
  value: Schema.NullOr(Schema.String).annotate({
    description: "The first 40 characters of this value; null if there is none.",
  }),
  hint: Schema.String.annotate({ description: "The option that would give the column its type." }),
  message: Schema.String.annotate({ description: "The same for people." }),
}).annotate({ identifier: "AlmostTyped", description: "A column that stayed text, and why." })
export type AlmostTyped = typeof AlmostTyped.Type
