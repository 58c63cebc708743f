import * as Result from "effect/Result"
import { type Column, maxColumns } from "./Column.ts"
import type { ColumnType } from "./ColumnType.ts"
import { columnNames, systemColumns } from "./ColumnNames.ts"
import { type LoadError, loadError } from "../LoadError.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import type { ColumnOption } from "../options/ColumnOption.ts"
import type { ValueLimit } from "./target/ValueLimit.ts"
import { unknownColumn } from "./unknownColumn.ts"

/** A column of the table, and where it is in the file. */
export interface PlannedColumn extends Column {
  /** Its position in the file's records, from 0. */
  readonly index: number
  /** The key that names it in `columns`, and what the user gave there. */
  readonly key: string
  readonly option: ColumnOption | undefined
  /** The type that the user gave it; `null` if it is text or inferred. */
  readonly type: ColumnType | null
  /** Texts that mean NULL in this column, quoted or not. */
  readonly nullValues: ReadonlyArray<string>
  /** Its type in a table that exists, as SQL writes it; absent if the table has no such column yet. */
  readonly existingType?: string
  /** Which values of `type` it takes; absent: all. */
  readonly limit?: ValueLimit
  /** A record without a value cannot become a row. */
  readonly notNull?: boolean
}

const mismatch = (message: string): LoadError => loadError("columns_mismatch", message)

/** Columns of the load's rows: those of the file and, after them, the one of the option `sourceColumn`. */
export const rowWidth = (header: ReadonlyArray<string>, { sourceColumn }: LoadOptions): number =>
  header.length + (sourceColumn === undefined ? 0 : 1)

/** The column that has the file of each row. */
const sourceColumnOf = (name: string, index: number): PlannedColumn => ({
  name,
  header: name,
  index,
  key: name,
  option: undefined,
  type: "text",
  nullValues: [],
})

/** The first index of each text. */
const firstIndexes = (texts: ReadonlyArray<string>): ReadonlyMap<string, number> =>
  new Map(texts.map((text, index) => [text, index] as const).toReversed())

/**
 * Finds the column of a key: the first one whose cell is the key, else the first in another Unicode normal form, which looks
 * the same, else the one that would have this name.
 */
const columnFinder = (header: ReadonlyArray<string>, named: ReadonlyArray<Column>) => {
  const cells = header.map((cell) => cell.trim())
  const [exact, normal, byName] = [
    firstIndexes(cells),
    firstIndexes(cells.map((cell) => cell.normalize("NFC"))),
    firstIndexes(named.map(({ name }) => name)),
  ]
  return (key: string): number | undefined =>
    exact.get(key.trim()) ?? normal.get(key.trim().normalize("NFC")) ?? byName.get(key)
}

/**
 * The columns of the table, in the file's order: those that the options do not skip, with their names, types and texts for
 * NULL, and `sourceColumn` as the last one. An option applies to the first column whose trimmed header cell is its key, else to
 * the one that would have this name.
 *
 * Fails with `columns_mismatch` if an option applies to no column, two columns would have the same name, or none is left, and with
 * `too_many_columns` if `sourceColumn` is one too many.
 */
export const planColumns = (
  header: ReadonlyArray<string>,
  { columns: options = {}, names, otherColumns = "keep", sourceColumn }: LoadOptions,
): Result.Result<ReadonlyArray<PlannedColumn>, LoadError> => {
  const named = columnNames(header, names)
  const find = columnFinder(header, named)
  const given = new Map<number, { readonly key: string; readonly option: ColumnOption }>()
  for (const [key, option] of Object.entries(options)) {
    const index = find(key)
    if (index === undefined)
      return Result.fail(
        unknownColumn(
          "columns",
          key,
          header.map((cell) => cell.trim()),
        ),
      )
    if (given.has(index))
      return Result.fail(mismatch(`The option columns has two entries for ${JSON.stringify(header[index])}.`))
    given.set(index, { key, option })
  }
  const planned = named.flatMap(({ header, name }, index): ReadonlyArray<PlannedColumn> => {
    const entry = given.get(index)
    const option = entry?.option
    if (option === undefined ? otherColumns === "skip" : option.skip === true) return []
    return [
      {
        name: option?.name ?? name,
        header,
        index,
        key: entry?.key ?? (find(name) === index ? name : header.trim()),
        option,
        type: option?.type ?? null,
        nullValues: option?.nullValues ?? [],
      },
    ]
  })
  if (planned.length === 0) return Result.fail(mismatch("The options skip every column of the file."))
  const taken = new Set(systemColumns)
  for (const { name } of planned) {
    if (taken.has(name))
      return Result.fail(
        mismatch(
          systemColumns.includes(name)
            ? `${JSON.stringify(name)} is a system column of every table. Give the column another name.`
            : `Two columns would be named ${JSON.stringify(name)}. Give one of them another name.`,
        ),
      )
    taken.add(name)
  }
  if (sourceColumn === undefined) return Result.succeed(planned)
  if (rowWidth(header, { sourceColumn }) > maxColumns)
    return Result.fail(
      loadError(
        "too_many_columns",
        `The file has ${header.length} columns, and sourceColumn adds one, but a row can have at most ${maxColumns}. Leave sourceColumn out, or split the file by columns.`,
      ),
    )
  return taken.has(sourceColumn)
    ? Result.fail(
        mismatch(
          systemColumns.includes(sourceColumn)
            ? `${JSON.stringify(sourceColumn)} is a system column of every table. Give sourceColumn another name.`
            : `The file has a column ${JSON.stringify(sourceColumn)} of its own. Give sourceColumn another name, or rename the file's column with columns.`,
        ),
      )
    : Result.succeed([...planned, sourceColumnOf(sourceColumn, header.length)])
}
