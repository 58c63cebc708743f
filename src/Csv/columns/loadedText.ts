import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"

/** The text that a row of the file has in a column; `null`: NULL. */
export const loadedText = (
  row: ReadonlyArray<string | null>,
  { index, nullValues }: PlannedColumn,
): string | null => {
  const text = row[index] ?? null
  return text === null || nullValues.includes(text) ? null : text
}
