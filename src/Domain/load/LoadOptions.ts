import * as Schema from "effect/Schema"
import { MaxBadRows, OnBadRow } from "./BadRows.ts"
import { CsvOptions, signsDiffer } from "./CsvOptions.ts"
import { TableName } from "./TableName.ts"

/** What a user may say about a load. What is left out is found out from the file, or has a default. */
export const LoadOptions = Schema.Struct({
  ...CsvOptions.fields,
  /** What becomes of a record that cannot become a row; left out, `reject`. */
  onBadRow: Schema.optionalKey(OnBadRow),
  /** How many records may be set aside; left out, 10 %. */
  maxBadRows: Schema.optionalKey(MaxBadRows),
  /** The table's name, as it stands; left out, it is made of the URL and the time. */
  tableName: Schema.optionalKey(TableName),
  /** `infer`: a column gets a type that every value of it fits; left out or `text`: all columns are text. */
  types: Schema.optionalKey(Schema.Literals(["text", "infer"])),
}).check(signsDiffer)
export type LoadOptions = typeof LoadOptions.Type
