import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type ReadableTable, TableNotFound } from "../../../Domain/rows/Rows.ts"
import type { Statement } from "../postgres/Statement.ts"
import { qualified } from "../target/AttemptTable.ts"
import { readShape, TableShape } from "./TableShape.ts"

const decode = Schema.decodeUnknownSync(Schema.Struct({ shape: TableShape }))

/**
 * Keeps a table as it is until the end of the transaction, and returns its shape: nobody drops it, or changes its columns. Precedes the
 * transaction's snapshot, which would not have the rows of a table that replaces this one.
 *
 * @param run runs a statement of the transaction and returns its rows
 */
export const lockedShape = Effect.fnUntraced(function* <E>(
  { schema, table: name }: ReadableTable,
  run: (statement: Statement) => Effect.Effect<ReadonlyArray<unknown>, E>,
) {
  const table = qualified(schema, name)
  yield* run({ text: `lock table ${table} in access share mode`, parameters: [] })
  const [row] = yield* run(readShape(table))
  return row === undefined ? yield* new TableNotFound({ name }) : decode(row).shape
})
