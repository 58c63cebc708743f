import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { pipeline } from "node:stream/promises"
import { from as copyFrom } from "pg-copy-streams"
import { assert } from "@effect/vitest"
import { RowEncoder } from "../../../src/Csv/columns/RowEncoder.ts"
import type { ColumnChange } from "../../../src/Domain/load/columns/ColumnChange.ts"
import type { ColumnType } from "../../../src/Domain/load/columns/ColumnType.ts"
import { binaryHeader, binaryTrailer } from "../../../src/Layers/database/session/CopyIn.ts"
import { TestDatabase } from "../../support/TestDatabase.ts"
import { batchOf, plainColumns, type Value } from "./inferring.ts"

/** A session on the test's database. */
export const connect = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  const client = new Client({ connectionString: Redacted.value(url) })
  yield* Effect.promise(() => client.connect())
  yield* Effect.addFinalizer(() => Effect.promise(() => client.end()))
  return client
})

const emptyBatch = { firstRecord: 1, rejects: [], skipped: [], release: () => undefined }

export interface TypedColumn {
  readonly values: ReadonlyArray<Value>
  readonly type: ColumnType
  /** SQL that makes the text of a typed value, `$` standing for it. */
  readonly back: string
}

/**
 * Encodes the columns, loads them into a table of their types, and returns the values as texts again. Fails if a value is
 * not encoded or Postgres refuses it. All columns are of one length.
 */
export const typedAndBack = Effect.fnUntraced(function* (
  client: Client,
  columns: ReadonlyArray<TypedColumn>,
) {
  const width = columns.length
  const names = columns.map((_, index) => `c${index}`)
  const rows = (columns[0]?.values ?? []).map((_, row) => columns.map(({ values }) => values[row]!))
  const plan = plainColumns(
    width,
    columns.map(({ type }) => type),
  )
  const encoder = new RowEncoder(plan, width, { infer: false })
  const table = yield* temporaryTable(client, encoder.stored)
  yield* copyEncoded(client, table, encoder, rows)
  return yield* textsOf(
    client,
    names.map((name, index) => columns[index]!.back.replaceAll("$", name)),
  )
})

const table = "typed"

const query = (client: Client, text: string) =>
  Effect.promise(() => client.query<Array<Value>>({ text, rowMode: "array" }))

/** Creates a table of these types, with the columns `c0`, `c1`… and a number for each row. Returns its name. */
export const temporaryTable = Effect.fnUntraced(function* (client: Client, types: ReadonlyArray<ColumnType>) {
  yield* query(client, `drop table if exists ${table}`)
  const definitions = types.map((type, index) => `c${index} ${type}`)
  yield* query(
    client,
    `create temp table ${table} (${definitions.join(", ")}, n bigint generated always as identity)`,
  )
  return `${table} (${types.map((_, index) => `c${index}`).join(", ")})`
})

/** Encodes rows as one batch and copies them, after the changes that they need. */
export const copyEncoded = Effect.fnUntraced(function* (
  client: Client,
  into: string,
  encoder: RowEncoder,
  rows: ReadonlyArray<ReadonlyArray<Value>>,
) {
  const batch = encoder.encode({ ...emptyBatch, bytes: batchOf(rows), rows: rows.length })
  if ("_tag" in batch) return assert.fail(batch.message)
  yield* change(client, batch.changes ?? [])
  yield* Effect.promise(() =>
    pipeline(
      [binaryHeader.bytes, batch.bytes, binaryTrailer.bytes],
      client.query(copyFrom(`copy ${into} from stdin with (format binary)`)),
    ),
  )
})

/** Changes types of columns of the table. */
export const change = (client: Client, changes: ReadonlyArray<ColumnChange>) =>
  Effect.forEach(changes, ({ column, type, using }) =>
    query(client, `alter table ${table} alter column c${column} type ${type} using ${using(`c${column}`)}`),
  )

/** The values of the expressions, one array for each, in the order of the rows. */
export const textsOf = Effect.fnUntraced(function* (client: Client, expressions: ReadonlyArray<string>) {
  const { rows } = yield* query(client, `select ${expressions.join(", ")} from ${table} order by n`)
  return expressions.map((_, index) => rows.map((row) => row[index]!))
})
