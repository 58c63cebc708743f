import * as Result from "effect/Result"
import { type LoadError, loadError } from "../LoadError.ts"
import { repeatedKey } from "../options/KeyOptions.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import type { Column } from "./Column.ts"
import { unknownColumn } from "./unknownColumn.ts"

/** The keys of a table, by names of its columns. */
export interface TableKeys {
  /** Empty: none. */
  readonly primaryKey: ReadonlyArray<string>
  readonly indexes: ReadonlyArray<ReadonlyArray<string>>
}

export const noKeys: TableKeys = { primaryKey: [], indexes: [] }

/** The column that a key names, by its name in the table or by header cell. */
export const columnOfKey = <C extends Column>(columns: ReadonlyArray<C>, key: string): C | undefined =>
  columns.find(({ name }) => name === key) ?? columns.find(({ header }) => header.trim() === key)

/**
 * The keys that the options give. Fails with `columns_mismatch` if the table does not have one of their columns, or if two
 * names mean the same column.
 */
export const planKeys = (
  columns: ReadonlyArray<Column>,
  { index = [], primaryKey = [] }: LoadOptions,
): Result.Result<TableKeys, LoadError> => {
  const namesOf = (option: "primaryKey" | "index", keys: ReadonlyArray<string>) =>
    Result.all(
      keys.map((key) => {
        const column = columnOfKey(columns, key)
        return column === undefined
          ? Result.fail(
              unknownColumn(option, key, [
                ...new Set(columns.flatMap(({ header, name }) => [name, header.trim()])),
              ]),
            )
          : Result.succeed(column.name)
      }),
    )
  return Result.gen(function* () {
    const keys: TableKeys = {
      primaryKey: yield* namesOf("primaryKey", primaryKey),
      indexes: yield* Result.all(index.map((each) => namesOf("index", each))),
    }
    const repeated = repeatedKey({ primaryKey: keys.primaryKey, index: keys.indexes })
    return repeated === undefined ? keys : yield* Result.fail(loadError("columns_mismatch", repeated.issue))
  })
}
