import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  type ExistingTable,
  knownType,
  type RowTexts,
  type TableMisfit,
} from "../../Domain/load/columns/target/ExistingTable.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { TargetTables } from "../../Domain/load/columns/target/TargetTables.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { decodeRows } from "../record/CopyBinary.ts"
import { loadedText } from "./loadedText.ts"

type Notation = Pick<LoadOptions, "dateFormat" | "decimal" | "types">

/** The database reads the values of columns of these types otherwise than the options say. */
export const isReadOtherwise = (type: string, { dateFormat, decimal, types }: Notation): boolean => {
  const known = knownType(type) ?? "text"
  if (known === "text") return false
  return dateFormat !== undefined || decimal !== undefined || types === "lenient"
}

/**
 * The CHECKs that can be evaluated before a row is stored: the database fills none of their columns, and reads the texts of the others as
 * the options say. It evaluates the other CHECKs itself when it stores the rows.
 */
const earlyChecks = (
  loaded: ReadonlyArray<PlannedColumn>,
  { checks, columns }: ExistingTable,
  notation: Notation,
): ExistingTable["checks"] => {
  const types = new Map(loaded.map(({ existingType, name }) => [name, existingType]))
  const isFilled = new Map(
    columns.map(({ hasDefault, isGenerated, name }) => [name, hasDefault || isGenerated]),
  )
  return checks.filter((check) =>
    check.columns.every((name) => {
      const type = types.get(name)
      return type === undefined ? isFilled.get(name) === false : !isReadOtherwise(type, notation)
    }),
  )
}

/**
 * The columns whose values only the database can check: those of types that the worker does not know, and those in a CHECK. Empty
 * for most tables.
 */
const checkedColumns = (
  columns: ReadonlyArray<PlannedColumn>,
  { checks }: ExistingTable,
  notation: Notation,
): ReadonlyArray<string> => {
  const inChecks = new Set(checks.flatMap((check) => check.columns))
  return columns.flatMap(({ existingType, name }) => {
    if (existingType === undefined || isReadOtherwise(existingType, notation)) return []
    return knownType(existingType) === undefined || inChecks.has(name) ? [name] : []
  })
}

/**
 * Marks the rows of which the database says that the table cannot have them. They become rejects where rows are encoded.
 *
 * @param find asks the database about texts in the columns `checked`
 */
const checkRows =
  (
    columns: ReadonlyArray<PlannedColumn>,
    checked: ReadonlyArray<string>,
    find: (rows: ReadonlyArray<RowTexts>) => Effect.Effect<ReadonlyArray<TableMisfit>, LoadError>,
  ) =>
  <R>(batches: Stream.Stream<CopyBatch, LoadError, R>): Stream.Stream<CopyBatch, LoadError, R> => {
    const examined = columns.filter(({ name }) => checked.includes(name))
    const textsOf = (row: ReadonlyArray<string | null>): RowTexts =>
      Object.fromEntries(examined.map((column) => [column.name, loadedText(row, column)]))
    return Stream.mapEffect(batches, (batch) =>
      batch.rows === 0
        ? Effect.succeed(batch)
        : Effect.map(find(decodeRows(batch.bytes, batch.rows).map(textsOf)), (misfits) => {
            if (misfits.length === 0) return batch
            const refused = misfits.map((misfit) => ({
              ...misfit,
              column: misfit.column === null ? null : columns.findIndex(({ name }) => name === misfit.column),
            }))
            return { ...batch, refused: refused.toSorted((one, other) => one.row - other.row) }
          }),
    )
  }

/** The check of a load's rows by the database; `null` if the worker alone knows what the table can have. */
export const tableCheck = Effect.fnUntraced(function* (
  {
    columns,
    existing,
  }: { readonly columns: ReadonlyArray<PlannedColumn>; readonly existing: ExistingTable | null },
  notation: Notation,
) {
  if (existing === null) return null
  const { findMisfits } = yield* TargetTables
  const examined = { ...existing, checks: earlyChecks(columns, existing, notation) }
  const checked = checkedColumns(columns, examined, notation)
  return checked.length === 0 ? null : checkRows(columns, checked, (rows) => findMisfits(examined, rows))
})
