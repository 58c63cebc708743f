import type { DataFile } from "../files/DataFiles.ts"

/** The statement that creates an empty table for a file: all columns `text`, no keys. */
export const createTextTable = (table: string, { kind }: DataFile): string =>
  `create table ${table} (${kind.columns.map((column) => `"${column}" text`).join(", ")})`

/** The same with the types of the columns. */
export const createTypedTable = (table: string, { kind }: DataFile): string =>
  `create table ${table} (${kind.columns.map((column) => `"${column}" ${kind.types?.[column] ?? "text"}`).join(", ")})`
