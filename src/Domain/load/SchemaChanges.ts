import * as Schema from "effect/Schema"

const names = (description: string) => Schema.Array(Schema.String).annotate({ description })

/** How the columns of a file and of its table differed. */
export const SchemaChanges = Schema.Struct({
  created: Schema.Boolean.annotate({ description: "Whether the load made the table." }),
  added: names("Columns that the table got from the file."),
  missing: names("Columns of the table that the file does not have: they got their default, or NULL."),
  ignored: names("Columns of the file that were not loaded, because the table does not have them."),
}).annotate({
  identifier: "SchemaChanges",
  description: "How the columns of the file and of the table differed.",
})
export type SchemaChanges = typeof SchemaChanges.Type

const count = (description: string) => Schema.Natural.annotate({ description })

/** What a load did to the rows of its table. */
export const RowChanges = Schema.Struct({
  inserted: count("Rows that are new."),
  updated: count("Rows that got other values."),
  unchanged: count("Rows that the file has with the same values."),
  deleted: count("Rows that were deleted."),
  duplicates: count("Rows of the file that were left out, because another one has their key."),
  suppressed: count("Rows of the file that a trigger or rule of the table did not let in."),
}).annotate({
  identifier: "RowChanges",
  description:
    "What the load did to the rows of the table. inserted + updated + unchanged + duplicates + suppressed = rowsLoaded.",
})
export type RowChanges = typeof RowChanges.Type

/** What a load with a key does to a row of the file. */
export const RowChange = Schema.Literals(["inserted", "updated", "unchanged"])
export type RowChange = typeof RowChange.Type

export const onlyInserted = (rows: number): RowChanges => ({
  inserted: rows,
  updated: 0,
  unchanged: 0,
  deleted: 0,
  duplicates: 0,
  suppressed: 0,
})
