import * as Schema from "effect/Schema"
import { charactersDiffer, CsvOptions, hasDescribedHeader } from "./CsvOptions.ts"
import { CallbackOptions } from "./CallbackOptions.ts"
import { ColumnOptions, columnsNotation, notationsHaveTypes } from "./ColumnOption.ts"
import { columnTypes } from "../columns/ColumnType.ts"
import { indexNotation, Indexes, KeyColumns, keyNotation, maxIndexes, maxKeyColumns } from "./KeyOptions.ts"
import { asWritten, decimalNotation, option } from "./LoadOption.ts"
import { ModeOptions } from "./ModeOptions.ts"
import { DateFormat, datePatterns } from "./DateFormat.ts"
import { QueueOptions } from "./QueueOptions.ts"
import { defaultRejectLimit, formatLimit, RejectLimit } from "./RejectLimit.ts"
import { SourceOptions } from "./SourceOptions.ts"
import { GivenTableName } from "../columns/TableName.ts"

/**
 * What to do with a record that cannot become a row.
 *
 * - `fail`: the load fails and leaves nothing.
 * - `reject`: the record is kept as a reject, with its place, reason and text, and the load continues.
 * - `pad`: a record that is only too short or too long becomes a row anyway, filled with NULL or cut to the table's
 *   width, and is counted as a repair. Any other is rejected.
 */
export const OnBadRow = Schema.Literals(["fail", "reject", "pad"])
export type OnBadRow = typeof OnBadRow.Type

/** Keeps every good record and makes the others visible. `fail` would lose a whole file to one odd line. */
export const defaultOnBadRow: OnBadRow = "reject"

/** What a user may specify about a load. What is omitted is detected from the file, or has a default. */
export const LoadOptions = Schema.Struct({
  ...CsvOptions.fields,
  onBadRow: option(OnBadRow, asWritten, {
    meaning: "What to do with a record that cannot become a row.",
    details:
      "`fail`: the job fails. `reject`: the record is kept for /job_rejects. `pad`: a short record is filled with NULL, a long one is cut, and any other is rejected.",
    values: "fail, reject or pad",
    examples: ["fail"],
    default: defaultOnBadRow,
  }),
  maxBadRows: option(RejectLimit, asWritten, {
    meaning: "Most records that may be rejected before the job fails (`too_many_bad_rows`).",
    values: "a number of records, such as 100, or a share of them, such as 10%",
    examples: ["2.5%", 100],
    default: formatLimit(defaultRejectLimit),
  }),
  tableName: option(GivenTableName, asWritten, {
    meaning: "The table's name, used exactly as given.",
    details:
      "With `mode=create`, no table may have this name, and no unfinished job may have reserved it. If omitted, the name is made of the last segment of the URL's path and the time.",
    values:
      "a text of 1 to 63 bytes without control and invisible characters; not `pg_…`, `information_schema`, `sluice` or `boss`",
    examples: ["trips"],
    ifOmitted: "`<file>_<epoch>`",
  }),
  ...ModeOptions.fields,
  types: option(Schema.Literals(["text", "infer", "lenient"]), asWritten, {
    meaning: "Whether every column is `text`, or gets a type that all its values fit.",
    details:
      "`infer` loses no character of any value. `lenient` keeps the values and not their spelling: numbers with thousands, percent and currency signs, times, dates of other formats, and yes and no.",
    values: "text, infer or lenient",
    examples: ["infer", "lenient"],
    default: "text",
  }),
  dateFormat: option(DateFormat, asWritten, {
    meaning: "How dates and times are written that are not as in ISO 8601.",
    details: `In Postgres's patterns: ${datePatterns.join(", ")}; other letters in double quotes. Years of two digits are 1970 to 2069. Needs \`types=lenient\` or a type in \`columns\`.`,
    values: "a format in Postgres's patterns, such as DD/MM/YYYY or DD.MM.YYYY HH24:MI",
    examples: ["DD/MM/YYYY", "DD.MM.YYYY HH24:MI", "Mon DD, YYYY"],
    ifOmitted: "with `types=lenient`, recognized by days above 12 anywhere in the file",
  }),
  decimal: option(Schema.Literals([".", ","]), decimalNotation, {
    meaning: "The sign before the decimal places of numbers; the other one may separate thousands.",
    details: "Needs `types=lenient` or a type in `columns`.",
    values: "a point or a comma, or point or comma",
    examples: [",", "comma"],
    ifOmitted: "with `types=lenient`, decided by the numbers of the file; else a point",
  }),
  ...SourceOptions.fields,
  names: option(Schema.Literals(["keep", "snake"]), asWritten, {
    meaning: "Whether columns are named as in the header, or in lower case with underscores.",
    details: "`snake` makes `trip_distance` of `Trip Distance`, which SQL takes without quotes.",
    values: "keep or snake",
    examples: ["snake"],
    default: "keep",
  }),
  columns: option(ColumnOptions, columnsNotation, {
    meaning: "Renames, types or skips columns of the header.",
    details: `An object from a header cell to the column's new name, to null to skip it, or to an object with any of \`name\`, \`type\`, \`nullValues\` (quoted or not) and \`skip\`. Types are ${columnTypes.join(", ")}. A record with a value that does not have the type is rejected (\`type_mismatch\`).`,
    values: "an object: for a header cell a name, null, or {name, type, nullValues, skip}",
    examples: [
      { fare: { type: "numeric" } },
      { "Trip ID": "trip_id", fare: { type: "numeric", nullValues: ["-"] }, note: null },
    ],
    ifOmitted: "all columns as in the file",
  }),
  primaryKey: option(KeyColumns, keyNotation, {
    meaning: "The columns of the table's primary key, which is built before the table appears.",
    details: `By header cell or name in the table, at most ${maxKeyColumns}. In JSON, \`["a", "b"]\` is one key of two columns. A duplicate or NULL fails the job (\`primary_key_violated\`).`,
    values: "names of columns, separated by commas, or in JSON a list of the names of one key",
    examples: ["id", ["year", "Code, old"]],
    ifOmitted: "no primary key",
  }),
  index: option(Indexes, indexNotation, {
    meaning: "Indexes that are built before the table appears.",
    details: `At most ${maxIndexes}. Each has one column, or up to ${maxKeyColumns} separated by commas, by header cell or name in the table. A form repeats the field for each index. In JSON, a list with an item for each: \`["a", "b"]\` is two indexes, \`["a,b"]\` or \`[["a", "b"]]\` one of two columns.`,
    values: "names of columns, separated by commas, for each index, or in JSON a list with an item for each",
    examples: ["pickup_datetime", ["year,code", "name"], [["year", "Code, old"]]],
    ifOmitted: "no index",
  }),
  otherColumns: option(Schema.Literals(["keep", "skip"]), asWritten, {
    meaning: "What happens to columns that `columns` does not name.",
    values: "keep or skip",
    examples: ["skip"],
    default: "keep",
  }),
  ...QueueOptions.fields,
  ...CallbackOptions.fields,
}).check(charactersDiffer, hasDescribedHeader, notationsHaveTypes)
export type LoadOptions = typeof LoadOptions.Type
