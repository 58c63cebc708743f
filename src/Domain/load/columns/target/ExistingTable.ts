import * as Schema from "effect/Schema"
import type { RefusedRow } from "../../CopyBatch.ts"
import type { ColumnType } from "../ColumnType.ts"
import type { ValueLimit } from "./ValueLimit.ts"

/** A column of a table that exists. */
const TableColumn = Schema.Struct({
  name: Schema.String,
  /** As SQL writes it, such as `character varying(10)`. */
  type: Schema.String,
  comment: Schema.NullOr(Schema.String),
  /** Its type is `json` or `jsonb`, or a domain over one of them. */
  isJson: Schema.Boolean,
  notNull: Schema.Boolean,
  hasDefault: Schema.Boolean,
  /** The database numbers its rows. */
  isNumbered: Schema.Boolean,
  /** Only the database may number them, unless a statement overrides it. */
  isIdentity: Schema.Boolean,
  /** The database computes its values. */
  isGenerated: Schema.Boolean,
})
export type TableColumn = typeof TableColumn.Type

const Names = Schema.Array(Schema.String)

/** A table that exists, as a load has to know it. */
export const ExistingTable = Schema.Struct({
  schema: Schema.String,
  name: Schema.String,
  columns: Schema.Array(TableColumn),
  /** CHECK constraints, with the columns that they are about. */
  checks: Schema.Array(Schema.Struct({ name: Schema.String, expression: Schema.String, columns: Names })),
  /** Sets of columns that have a unique index. */
  keys: Schema.Array(Names),
  /** The key that rows of other tables refer to; `null` if none does. */
  referencedKey: Schema.NullOr(Names),
  /** Triggers or rules can change what happens to a row. */
  hasTriggers: Schema.Boolean,
  /** It has rules, with which Postgres supports no MERGE. */
  hasRules: Schema.Boolean,
  isPartitioned: Schema.Boolean,
  /** Its comment is one of Sluice about an earlier load, which the next load may replace. */
  isDescribed: Schema.Boolean,
})
export type ExistingTable = typeof ExistingTable.Type

const knownTypes: Readonly<Record<string, ColumnType>> = {
  text: "text",
  "character varying": "text",
  smallint: "smallint",
  integer: "integer",
  bigint: "bigint",
  numeric: "numeric",
  real: "real",
  "double precision": "double precision",
  boolean: "boolean",
  date: "date",
  "time without time zone": "time",
  "timestamp without time zone": "timestamp",
  "timestamp with time zone": "timestamptz",
  uuid: "uuid",
  jsonb: "jsonb",
}

/** A type with what is in its parentheses. */
const withModifiers = /^(character varying|character|numeric)\((\d+)(?:,(-?\d+))?\)$/

/** The type that the worker can write for a column of this type; `undefined`: only the database knows its values. */
export const knownType = (type: string): ColumnType | undefined => {
  const [, name] = withModifiers.exec(type) ?? []
  return name === "character" ? "text" : knownTypes[name ?? type]
}

/** Which values of its known type a column of this type takes; `undefined`: all. */
export const limitOf = (type: string): ValueLimit | undefined => {
  const [, name, most, scale] = withModifiers.exec(type) ?? []
  if (most === undefined) return undefined
  return name === "numeric"
    ? { _tag: "Decimal", precision: Number(most), scale: Number(scale) }
    : { _tag: "Characters", most: Number(most) }
}

/** Texts of one row by the names of the table's columns. */
export type RowTexts = Readonly<Record<string, string | null>>

/** A row that the table cannot have; `column` by its name. */
export type TableMisfit = Omit<RefusedRow, "column"> & { readonly column: string | null }
