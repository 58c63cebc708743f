import * as Schema from "effect/Schema"
import { TableHistory } from "../job/Tables.ts"
import { time } from "../job/time.ts"

/** What a request wants to know of the values of columns. */
export const StatisticsKind = Schema.Literals(["sample", "exact", "none"])
export type StatisticsKind = typeof StatisticsKind.Type

/** Values are cut to this many characters. */
export const maxShownValue = 200

const shownValue = Schema.String.annotate({
  description: `A value as Postgres writes it, cut to ${maxShownValue} characters.`,
})

/** What is known of the values of one column. */
export const ColumnStatistics = Schema.Struct({
  nulls: Schema.Natural.annotate({ description: "Rows without a value." }),
  distinct: Schema.NullOr(Schema.Natural).annotate({
    description:
      "Different values: counted if the table has at most 1 MiB, otherwise Postgres's estimate. null if there is none, such as for a type without an order.",
  }),
  min: Schema.NullOr(shownValue).annotate({
    description: "The smallest value; null if there is none, or the type has no order.",
  }),
  max: Schema.NullOr(shownValue).annotate({ description: "The largest value." }),
  longest: Schema.NullOr(Schema.Natural).annotate({
    description: "Characters of the longest value; null if only a sample was read.",
  }),
  common: Schema.Array(Schema.Struct({ value: shownValue, rows: Schema.Natural })).annotate({
    description:
      "The most frequent values, at most ten, with the rows that have them: counted if the table has at most 1 MiB and 50 columns, otherwise estimated from Postgres's sample, also with statistics=exact.",
  }),
  histogram: Schema.Array(shownValue).annotate({
    description:
      "Bounds of at most 20 groups of about the same number of rows, in order, without the frequent values, from the same rows as `common`; empty if there are too few values.",
  }),
}).annotate({ identifier: "ColumnStatistics" })
export type ColumnStatistics = typeof ColumnStatistics.Type

/** A column of a loaded table. */
const TableColumn = Schema.Struct({
  name: Schema.String.annotate({ description: "The column's name." }),
  type: Schema.String.annotate({ description: "Its type, as SQL writes it." }),
  header: Schema.NullOr(Schema.String).annotate({
    description:
      "The cell of the header, if it differs from the name. It is the column's comment; null if there is none.",
  }),
  nullable: Schema.Boolean.annotate({ description: "Whether rows may have no value." }),
  indexed: Schema.Boolean.annotate({
    description: "Whether an index begins with it, so that filters and orders by it are fast.",
  }),
  statistics: Schema.NullOr(ColumnStatistics),
}).annotate({ identifier: "TableColumn" })

/** Which rows the statistics of all columns are from. */
export const StatisticsOrigin = Schema.Struct({
  of: Schema.Literals(["sample", "all"]).annotate({
    description:
      "The rows that were read: a sample, so that counts are estimates and there may be values beyond min and max, or all.",
  }),
  rows: Schema.Natural.annotate({
    description: "Their number; of a sample at least, and about.",
  }),
  at: Schema.NullOr(time("When they were read; null if the server does not know.")),
}).annotate({ identifier: "StatisticsOrigin" })
export type StatisticsOrigin = typeof StatisticsOrigin.Type

/** A loaded table, with its columns and last loads. */
export const TableDetails = Schema.Struct({
  ...TableHistory.fields,
  columns: Schema.Array(TableColumn).annotate({ description: "Its columns, in order." }),
  key: Schema.NullOr(Schema.Array(Schema.String)).annotate({
    description: "Columns of the unique key that orders rows; null if there is none.",
  }),
  statistics: Schema.NullOr(StatisticsOrigin).annotate({
    description:
      "Which rows the columns' statistics are from; null without statistics: they were not requested, or Postgres has not analyzed the table yet.",
  }),
}).annotate({ identifier: "TableDetails" })
export type TableDetails = typeof TableDetails.Type

/** The part of the details that the table itself has. */
export type TableColumns = Pick<TableDetails, "columns" | "key" | "statistics">
