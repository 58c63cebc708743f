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
const columnOfKey = (columns: ReadonlyArray<Column>, key: string): Column | undefined =>
  columns.find(({ name }) => name === key) ?? columns.find(({ header }) => header.trim() === key)

const namesOf = (
  columns: ReadonlyArray<Column>,
  option: "key" | "primaryKey" | "index",
  keys: ReadonlyArray<string>,
): Result.Result<ReadonlyArray<string>, LoadError> =>
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

const withoutRepeats = <A extends Parameters<typeof repeatedKey>[0]>(
  keys: A,
): Result.Result<A, LoadError> => {
  const repeated = repeatedKey(keys)
  return repeated === undefined
    ? Result.succeed(keys)
    : Result.fail(loadError("columns_mismatch", repeated.issue))
}

/** The columns of the option `key`, by their names in the table. Fails as `planKeys`. */
export const planMergeKey = (
  columns: ReadonlyArray<Column>,
  { key = [] }: LoadOptions,
): Result.Result<ReadonlyArray<string>, LoadError> =>
  namesOf(columns, "key", key).pipe(
    Result.flatMap((names) => withoutRepeats({ key: names })),
    Result.map((keys) => keys.key),
  )

/**
 * The keys that the options give. Fails with `columns_mismatch` if the table does not have one of their columns, or if two
 * names mean the same column.
 */
export const planKeys = (
  columns: ReadonlyArray<Column>,
  { index = [], primaryKey = [] }: LoadOptions,
): Result.Result<TableKeys, LoadError> =>
  Result.gen(function* () {
    const keys: TableKeys = {
      primaryKey: yield* namesOf(columns, "primaryKey", primaryKey),
      indexes: yield* Result.all(index.map((each) => namesOf(columns, "index", each))),
    }
    yield* withoutRepeats({ primaryKey: keys.primaryKey, index: keys.indexes })
    return keys
  })
