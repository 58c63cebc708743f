import type { DataFile } from "../files/DataFiles.ts"

/** The statement that makes an empty table for a file: every column `text`, nothing else. */
export const createTextTable = (table: string, { kind }: DataFile): string =>
  `create table ${table} (${kind.columns.map((column) => `"${column}" text`).join(", ")})`
