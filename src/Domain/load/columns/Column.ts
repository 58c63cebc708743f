import * as Schema from "effect/Schema"

/** A column of a loaded table. */
export const Column = Schema.Struct({
  name: Schema.String.annotate({ description: "The column's name in Postgres." }),
  header: Schema.String.annotate({ description: "The header cell as in the file." }),
})
export type Column = typeof Column.Type

/** A column of a committed table. */
export const TypedColumn = Schema.Struct({
  ...Column.fields,
  type: Schema.String.annotate({
    description:
      "The column's type in Postgres: that of the table if it existed, else text, unless types=infer found another.",
  }),
}).annotate({ identifier: "Column" })
export type TypedColumn = typeof TypedColumn.Type

/** The columns with their types, one for each. */
export const typed = (
  columns: ReadonlyArray<Column>,
  types: ReadonlyArray<string>,
): ReadonlyArray<TypedColumn> =>
  columns.map(({ header, name }, index) => ({ name, header, type: types[index] ?? "text" }))

/** Limit of columns in a table (Postgres documentation, Appendix K, "PostgreSQL Limits"). */
export const maxColumns = 1600
