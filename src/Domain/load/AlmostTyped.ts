import * as Schema from "effect/Schema"
import { ColumnType } from "./columns/ColumnType.ts"
import { ColumnOption } from "./options/ColumnOption.ts"
import { FileOfPlace } from "./SourcePlace.ts"

/** A way to give a column its type. */
const TypeChoice = Schema.Struct({
  type: ColumnType.annotate({ description: "The type that the column then has." }),
  rejects: Schema.Natural.annotate({
    description: "Number of records that are then rejected, because their values do not have the type.",
  }),
  options: Schema.Struct({
    columns: Schema.optionalKey(Schema.Record(Schema.String, ColumnOption)),
    decimal: Schema.optionalKey(Schema.Literals([".", ","])),
    dateFormat: Schema.optionalKey(Schema.String),
  }).annotate({ description: "The load options to add for that." }),
}).annotate({ identifier: "TypeChoice", description: "Options that give a column a type." })

/** A column that is `text`, although nearly all its values have a type, or all have one that can be read in two ways. */
export const AlmostTyped = Schema.Struct({
  column: Schema.String.annotate({ description: "The column's name in Postgres." }),
  type: ColumnType.annotate({
    description:
      "The type that all other values have; that of the first choice if they can be read in two ways.",
  }),
  misfits: Schema.Natural.annotate({ description: "Number of values that do not have the type." }),
  line: Schema.NullOr(Schema.Natural).annotate({
    description: "The line of the first such value, from 1; null if there is none.",
  }),
  fileUrl: FileOfPlace,
  value: Schema.NullOr(Schema.String).annotate({
    description: "The first 40 characters of this value; null if there is none.",
  }),
  hint: Schema.String.annotate({
    description:
      "The options that would give the column its type, as in a form; two if its values can be read in two ways.",
  }),
  /** Absent in jobs that ended before there were choices. */
  choices: Schema.optionalKey(Schema.Array(TypeChoice)).annotate({
    description: "The same as options in JSON, one item for each way to read the values.",
  }),
  message: Schema.String.annotate({ description: "The same for people." }),
}).annotate({ identifier: "AlmostTyped", description: "A column that is text, and why." })
export type TypeChoice = typeof TypeChoice.Type
export type AlmostTyped = typeof AlmostTyped.Type
