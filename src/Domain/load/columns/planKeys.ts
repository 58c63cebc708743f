import * as Arr from "effect/Array"
import * as Result from "effect/Result"
import { type LoadError, loadError } from "../LoadError.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import type { Column } from "./Column.ts"

/** The keys of a table, by names of its columns. */
export interface TableKeys {
  /** Empty: none. */
  readonly primaryKey: ReadonlyArray<string>
  readonly indexes: ReadonlyArray<ReadonlyArray<string>>
}

export const noKeys: TableKeys = { primaryKey: [], indexes: [] }

/** The keys that the options give. Fails with `columns_mismatch` if the table does not have one of their columns. */
export const planKeys = (
  columns: ReadonlyArray<Column>,
  { index: indexes = [], primaryKey = [] }: LoadOptions,
): Result.Result<TableKeys, LoadError> => {
  const nameOf = (key: string): string | undefined =>
    (columns.find(({ name }) => name === key) ?? columns.find(({ header }) => header.trim() === key))?.name
  const all = [primaryKey, ...indexes]
  const unknown = all.flat().find((key) => nameOf(key) === undefined)
  if (unknown !== undefined)
    return Result.fail(
      loadError(
        "columns_mismatch",
        `The options primaryKey and index name ${JSON.stringify(unknown)}, which is no column of the table.`,
      ),
    )
  const [primary = [], ...others] = all.map((keys) => Arr.dedupe(keys.flatMap((key) => nameOf(key) ?? [])))
  return Result.succeed({ primaryKey: primary, indexes: others })
}
