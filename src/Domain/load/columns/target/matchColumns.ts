import { mostSimilar } from "../../options/mostSimilar.ts"
import type { ExistingTable, TableColumn } from "./ExistingTable.ts"
import type { PlannedColumn } from "../planColumns.ts"
import { listed } from "../unknownColumn.ts"

/**
 * The table's column for each of the file's: the one with its name, else the one that had its header cell, which a table that
 * Sluice made has as the column's comment or name, else the one that is named as the trimmed cell.
 */
export const matchColumns = (
  columns: ReadonlyArray<PlannedColumn>,
  table: ExistingTable,
): ReadonlyMap<PlannedColumn, TableColumn> => {
  const matches = new Map<PlannedColumn, TableColumn>()
  const free = new Set(table.columns)
  const take = (find: (column: PlannedColumn) => TableColumn | undefined) => {
    for (const column of columns) {
      const found = matches.has(column) ? undefined : find(column)
      if (found === undefined || !free.delete(found)) continue
      matches.set(column, found)
    }
  }
  const named = new Map(table.columns.map((column) => [column.name, column]))
  const byHeader = Map.groupBy(table.columns, ({ comment, name }) => comment ?? name)
  take(({ name }) => named.get(name))
  take(({ header }) => byHeader.get(header)?.find((column) => free.has(column)))
  take(({ header }) => named.get(header.trim()))
  return matches
}

export const namesOf = (columns: ReadonlyArray<{ readonly name: string }>): ReadonlyArray<string> =>
  columns.map(({ name }) => name)

/** Names both sides, and what to do. */
export const describeDifference = (
  table: ExistingTable,
  extra: ReadonlyArray<PlannedColumn>,
  missing: ReadonlyArray<TableColumn>,
): string => {
  const has = [
    ...(extra.length > 0 ? [`the file has ${listed(namesOf(extra))}, which the table has not`] : []),
    ...(missing.length > 0 ? [`the table has ${listed(namesOf(missing))}, which the file has not`] : []),
  ]
  const free = new Set(namesOf(missing))
  const similar = extra.flatMap(({ header, name }) => {
    const other = mostSimilar(name, [...free])
    return other !== undefined && free.delete(other) ? [[header, other] as const] : []
  })
  const hint =
    similar.length === 0
      ? "Rename or skip columns of the file with columns"
      : `Rename columns of the file, such as columns=${JSON.stringify(Object.fromEntries(similar.slice(0, 3)))}`
  return `The columns of the file and of the table ${JSON.stringify(table.name)} differ: ${has.join("; ")}. ${hint}, or give onSchemaChange=add or ignore.`
}
