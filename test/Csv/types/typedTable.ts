import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { castText, type ColumnType } from "../../../src/Domain/load/columns/ColumnType.ts"
import { TestDatabase } from "../../support/TestDatabase.ts"
import type { Value } from "./inferring.ts"

/** A session on the test's database. */
export const connect = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  const client = new Client({ connectionString: Redacted.value(url) })
  yield* Effect.promise(() => client.connect())
  yield* Effect.addFinalizer(() => Effect.promise(() => client.end()))
  return client
})

export interface TypedColumn {
  readonly values: ReadonlyArray<Value>
  readonly type: ColumnType
  /** SQL that makes the text of a typed value, `$` standing for it. */
  readonly back: string
}

/**
 * Loads the columns as text, gives them their types in one statement, and answers the values as texts again;
 * fails when Postgres refuses a cast. All columns are of one length.
 */
export const typedAndBack = Effect.fnUntraced(function* (
  client: Client,
  columns: ReadonlyArray<TypedColumn>,
) {
  const names = columns.map((_, index) => `c${index}`)
  const query = (text: string, values: Array<unknown> = []) =>
    Effect.promise(() => client.query<Array<Value>>({ text, values, rowMode: "array" }))
  yield* query("drop table if exists typed")
  yield* query(`create temp table typed (n bigint, ${names.map((name) => `${name} text`).join(", ")})`)
  yield* query(
    `insert into typed select n, ${names.join(", ")}
     from unnest(${names.map((_, index) => `$${index + 1}::text[]`).join(", ")})
     with ordinality as columns (${names.join(", ")}, n)`,
    columns.map(({ values }) => values),
  )
  yield* query(
    `alter table typed ${names
      .map((name, index) => {
        const { type } = columns[index]!
        return `alter column ${name} type ${type} using ${castText(name, type)}`
      })
      .join(", ")}`,
  )
  const { rows } = yield* query(
    `select ${names.map((name, index) => columns[index]!.back.replaceAll("$", name)).join(", ")}
     from typed order by n`,
  )
  return names.map((_, index) => rows.map((row) => row[index]!))
})
