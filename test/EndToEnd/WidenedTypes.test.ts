import { assert, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestDatabase } from "../support/TestDatabase.ts"
import { anyColumn } from "../Csv/types/anyColumn.ts"
import { anyValue } from "../Csv/types/anyValue.ts"
import { inferringEncoder, batchOf, typesOfRows, type Value } from "../Csv/types/inferring.ts"
import {
  change,
  connect,
  copyEncoded,
  temporaryTable,
  textsOf,
  typedAndBack,
} from "../Csv/types/typedTable.ts"

const nulls = (count: number): ReadonlyArray<Value> => Array<null>(count).fill(null)

const manyNulls = Arbitrary.map(
  Arbitrary.schema(Schema.Literals([0, 0, 0, 1, 3])),
  (count): ReadonlyArray<Value> => nulls(count),
)

/** Values of one type and then values that may have another one, with NULLs in between. */
const changingColumn = Arbitrary.map(
  Arbitrary.all([manyNulls, anyColumn, manyNulls, anyColumn, Arbitrary.array(anyValue, { maxLength: 2 })]),
  ([before, first, between, second, last]) => [
    ...before,
    ...first.values,
    ...between,
    ...second.values.slice(0, 3),
    ...last,
  ],
)

const rowsOf = (columns: ReadonlyArray<ReadonlyArray<Value>>): ReadonlyArray<ReadonlyArray<Value>> =>
  Array.from({ length: Math.max(...columns.map((values) => values.length)) }, (_, row) =>
    columns.map((values) => values[row] ?? null),
  )

layer(TestDatabase.layer)("a table whose types are widened", (it) => {
  it.effect.prop(
    "has the types and values of one whose types were known before",
    [
      Arbitrary.array(changingColumn, { minLength: 40, maxLength: 80 }),
      Arbitrary.schema(Schema.Literals([1, 2, 4, 8])),
      Arbitrary.schema(Schema.Literals([1, 3])),
    ],
    ([columns, sample, rowsPerBatch]) =>
      Effect.gen(function* () {
        const client = yield* connect
        const rows = rowsOf(columns)
        const encoder = inferringEncoder(columns.length)
        encoder.observe(batchOf(rows.slice(0, sample)))
        encoder.start()
        const table = yield* temporaryTable(client, encoder.stored)
        for (let row = 0; row < rows.length; row += rowsPerBatch)
          yield* copyEncoded(client, table, encoder, rows.slice(row, row + rowsPerBatch))
        yield* change(client, encoder.conversions)
        const types = typesOfRows(rows)
        assert.deepStrictEqual(encoder.types, types)
        const texts = yield* textsOf(
          client,
          columns.map((_, column) => `c${column}::text`),
        )
        const known = columns.map((_, column) => ({
          values: rows.map((row) => row[column]!),
          type: types[column]!,
          back: "$::text",
        }))
        assert.deepStrictEqual(texts, yield* typedAndBack(client, known))
      }).pipe(Effect.scoped),
    { arbitrary: { runs: 15, size: 60 } },
  )
})
