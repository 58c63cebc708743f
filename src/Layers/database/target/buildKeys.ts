import * as Effect from "effect/Effect"
import { cutToBytes, maxNameBytes, quoteIdentifier } from "../../../Domain/load/columns/SqlIdentifier.ts"
import type { TableKeys } from "../../../Domain/load/columns/planKeys.ts"
import { type LoadError, loadError } from "../../../Domain/load/LoadError.ts"
import { failureCode } from "../postgres/DatabaseFailure.ts"
import { statement } from "../postgres/Statement.ts"
import type { LoadSession } from "../session/LoadSession.ts"

const uniqueViolation = "23505"
/** The keys of a row do not fit a page of the index (`program_limit_exceeded`). */
const tooLarge = "54000"

/** A key of the table: its option and its columns. */
interface Key {
  readonly option: "primaryKey" | "index"
  readonly columns: ReadonlyArray<string>
  /** The end of its name. */
  readonly suffix: string
}

const keysOf = ({ indexes, primaryKey }: TableKeys): ReadonlyArray<Key> => [
  ...(primaryKey.length === 0
    ? []
    : [{ option: "primaryKey", columns: primaryKey, suffix: "_pkey" } as const]),
  ...indexes.map((columns, index) => ({ option: "index", columns, suffix: `_idx${index + 1}` }) as const),
]

export const hasKeys = ({ indexes, primaryKey }: TableKeys): boolean => primaryKey.length + indexes.length > 0

const listed = (columns: ReadonlyArray<string>): string => columns.map(quoteIdentifier).join(", ")

/** Characters of a duplicate key in a message. */
const maxShown = 200

/** The values of a duplicate key, such as `(id)=(5)`, from the error's detail; `null` if the server does not show them. */
const duplicateOf = (failure: unknown): string | null => {
  if (typeof failure !== "object" || failure === null || !("detail" in failure)) return null
  const values = /\(.*\)=\(.*\)/s.exec(String(failure.detail))?.[0]
  if (values === undefined) return null
  const characters = Array.from(values)
  return characters.length <= maxShown
    ? values
    : `${characters.slice(0, maxShown).join("")}… (${characters.length} characters)`
}

/** Largest key of a row in bytes, with pages of 8 KiB (Postgres documentation, 65.1.4). */
const maxKeyBytes = 2704

const explained =
  ({ columns, option }: Key) =>
  (error: LoadError): LoadError => {
    const code = failureCode(error.cause)
    const names = columns.map((name) => JSON.stringify(name)).join(", ")
    if (code === uniqueViolation && option === "primaryKey")
      return loadError(
        "primary_key_violated",
        `The primary key (${columns.join(", ")}) is not unique: more than one row has ${duplicateOf(error.cause) ?? "the same values"}.`,
        { cause: error.cause },
      )
    if (code === tooLarge)
      return loadError(
        "target_rejected",
        `The option ${option} cannot have ${columns.length === 1 ? "column" : "the columns"} ${names}: a value is too long for an index, ` +
          `which holds at most ${maxKeyBytes} bytes per row, compressed. Choose other columns, or load without this option and index ` +
          `an expression such as md5(${quoteIdentifier(columns[0] ?? "")}).`,
        { cause: error.cause },
      )
    return error
  }

/** Names of the keys while the load runs, which no other attempt uses. */
const attemptKey = (table: string, index: number): string => `${table} ${index}`

/** Builds the keys of a filled table. An interruption cancels it. */
export const buildKeys = Effect.fn("CopySink.keys")(function* (
  session: LoadSession,
  table: { readonly name: string; readonly sql: string },
  keys: TableKeys,
): Effect.fn.Return<void, LoadError> {
  for (const [index, key] of keysOf(keys).entries()) {
    const name = quoteIdentifier(attemptKey(table.name, index))
    yield* session
      .run(
        key.option === "primaryKey"
          ? `alter table ${table.sql} add constraint ${name} primary key (${listed(key.columns)})`
          : `create index ${name} on ${table.sql} (${listed(key.columns)})`,
      )
      .pipe(Effect.mapError(explained(key)))
  }
})

/** The n-th name to try for a key: `orders_pkey`, then `orders_pkey_2`, `orders_pkey_3`… */
const keyName = (table: string, { suffix }: Key, n: number): string => {
  const end = n === 1 ? suffix : `${suffix}_${n}`
  return cutToBytes(table, maxNameBytes - end.length) + end
}

/** Names for the keys of a table that nothing else in its schema has, in the order in which they are built. */
export const freeKeyNames = Effect.fnUntraced(function* (
  session: LoadSession,
  { keys, schema, table }: { readonly schema: string; readonly table: string; readonly keys: TableKeys },
): Effect.fn.Return<ReadonlyArray<string>, LoadError> {
  const free: Array<string> = []
  let candidates = keysOf(keys).map((key, index) => ({ key, index, n: 1 }))
  while (candidates.length > 0) {
    const names = candidates.map(({ key, n }) => keyName(table, key, n))
    const rows = yield* session.select(statement`
      select relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where nspname = ${schema} and relname = any (${names}::text[])`)
    const taken = new Set(rows.map(({ relname }) => relname))
    for (const [position, { index }] of candidates.entries()) free[index] = names[position]!
    candidates = candidates
      .filter((_, position) => taken.has(names[position]))
      .map(({ index, key, n }) => ({ key, index, n: n + 1 }))
  }
  return free
})

/** Statements that give the keys their names for good, next to the published table. */
export const renameKeys = (
  schema: string,
  attemptTable: string,
  names: ReadonlyArray<string>,
): ReadonlyArray<string> =>
  names.map(
    (name, index) =>
      `alter index ${quoteIdentifier(schema)}.${quoteIdentifier(attemptKey(attemptTable, index))} rename to ${quoteIdentifier(name)}`,
  )
