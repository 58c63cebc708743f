import { assert, describe, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ColumnType } from "../../src/Domain/load/columns/ColumnType.ts"
import { TestDatabase } from "../support/TestDatabase.ts"
import { anyColumn } from "../Csv/types/anyColumn.ts"
import { anyValue } from "../Csv/types/anyValue.ts"
import { typeOf, typesOfRows, type Value } from "../Csv/types/inferring.ts"
import { connect, typedAndBack } from "../Csv/types/typedTable.ts"

const runs = { arbitrary: { runs: 5, size: 60 } }

/** How Postgres prints a text after a cast to each type, for types with one printed form. */
const sameTexts: Partial<Record<ColumnType, (text: string) => string>> = {
  bigint: (text) => text,
  numeric: (text) => text,
  "double precision": (text) => text,
  boolean: (text) => ({ t: "true", f: "false" })[text] ?? text.toLowerCase(),
  date: (text) => text,
  uuid: (text) => text.toLowerCase(),
}

/** Pads columns with NULL to the length of the longest. */
const padColumns = (columns: ReadonlyArray<ReadonlyArray<Value>>): ReadonlyArray<ReadonlyArray<Value>> => {
  const length = Math.max(...columns.map((column) => column.length))
  return columns.map((column) => [...column, ...Array<null>(length - column.length).fill(null)])
}

/** Pads the exponent to two digits, as Postgres prints it. */
const padExponent = (text: string) => text.replace(/e([+-])(\d)$/, "e$10$2")

/** Texts of any double, and of decimals close to one. */
const decimals = Arbitrary.map(
  Arbitrary.array(
    Arbitrary.all([
      Arbitrary.schema(Schema.Int),
      Arbitrary.schema(Schema.Int),
      Arbitrary.schema(Schema.Literals([0, 0x3ff, 0x3fd, 0x405, 0x432, 0x433, 0x434, 0x44b])),
      Arbitrary.schema(Schema.Literals([15, 16, 17])),
    ]),
    { minLength: 500, maxLength: 1000 },
  ),
  (all) =>
    all.flatMap(([high, low, exponent, digits]) => {
      const view = new DataView(new ArrayBuffer(8))
      view.setInt32(0, Math.imul(high, 0x9e3779b1))
      view.setInt32(4, Math.imul(low, 0x85ebca6b))
      if (exponent > 0) view.setInt16(0, (exponent << 4) | (view.getInt16(0) & 0xf))
      const value = view.getFloat64(0)
      if (!Number.isFinite(value)) return []
      return [
        String(value),
        padExponent(String(value)),
        padExponent(value.toExponential()),
        padExponent(value.toPrecision(digits)),
      ]
    }),
)

/** SQL: whether the type accepts the text `t` and prints it unchanged. */
const isPrintedUnchanged = (type: string) =>
  `case when pg_input_is_valid(t, '${type}') then t::${type}::text = t else false end`

layer(TestDatabase.layer)("a typed column", (it) => {
  it.effect.prop(
    "a typed column in Postgres prints every value as it was written",
    [Arbitrary.array(anyColumn, { minLength: 60, maxLength: 100 })],
    ([columns]) =>
      Effect.gen(function* () {
        for (const column of columns) assert.strictEqual(typeOf(...column.values), column.type)
        const values = padColumns(columns.map((column) => column.values))
        const typed = columns.map(({ back, type }, index) => ({ back, type, values: values[index]! }))
        assert.deepStrictEqual(yield* typedAndBack(yield* connect, typed), values)
      }).pipe(Effect.scoped),
    runs,
  )

  it.effect.prop(
    "a column of any texts is cast without an error, and different texts stay different",
    [
      Arbitrary.array(Arbitrary.array(anyValue, { minLength: 1, maxLength: 3 }), {
        minLength: 400,
        maxLength: 600,
      }),
    ],
    ([tables]) =>
      Effect.gen(function* () {
        const columns = padColumns(tables).map((values) => ({
          values,
          type: typeOf(...values),
          back: "$::text",
        }))
        const printed = yield* typedAndBack(yield* connect, columns)
        for (const [index, { type, values }] of columns.entries()) {
          if (type === "text") assert.deepStrictEqual(printed[index], values)
          const sameText = sameTexts[type]
          if (sameText !== undefined)
            assert.deepStrictEqual(
              printed[index],
              values.map((value) => (value === null ? null : sameText(value))),
            )
          if (type !== "jsonb")
            assert.strictEqual(new Set(printed[index]).size, new Set(values).size, JSON.stringify(values))
        }
      }).pipe(Effect.scoped),
    runs,
  )

  // The table of this test has one additional column, a bigint.
  it.effect.each([
    { columns: 1000, value: "7", type: "bigint" },
    { columns: 1001, value: "7", type: "text" },
    { columns: 1130, value: "0.5", type: "numeric" },
    { columns: 1150, value: "0.5", type: "text" },
    { columns: 336, value: '["a long text that is moved out"]', type: "jsonb" },
  ] as const)("a row of $columns columns with $value fits as $type", ({ columns, type, value }) =>
    Effect.gen(function* () {
      const row = [...Array<string>(columns - 1).fill(value), null]
      const types = typesOfRows([Array<string>(columns + 1).fill(value), [...row, value]])
      assert.strictEqual(types[0], type)
      const typed = row.map((value) => ({ values: [value], type, back: "$::text" }))
      assert.deepStrictEqual(
        yield* typedAndBack(yield* connect, typed),
        row.map((value) => [value]),
      )
    }).pipe(Effect.scoped),
  )

  describe("of one value", () => {
    /** Asks Postgres which types print each text unchanged. */
    const printedUnchanged = Effect.fnUntraced(function* (texts: ReadonlyArray<string>) {
      const client = yield* connect
      const { rows } = yield* Effect.promise(() =>
        client.query<Record<"bigint" | "numeric" | "float8" | "date" | "uuid", boolean> & { t: string }>(
          `select t, ${["bigint", "numeric", "float8", "date"].map((type) => `${isPrintedUnchanged(type)} as ${type}`).join(", ")},
             case when pg_input_is_valid(t, 'uuid') then t::uuid::text = lower(t) else false end as uuid
           from unnest($1::text[]) as t`,
          [texts],
        ),
      )
      return rows
    }, Effect.scoped)

    it.effect.prop(
      "the type of one value is the narrowest that Postgres prints as the value is written",
      [Arbitrary.array(anyValue, { minLength: 400, maxLength: 800 })],
      ([texts]) =>
        Effect.gen(function* () {
          const typed = ["bigint", "numeric", "double precision", "date", "uuid"]
          for (const row of yield* printedUnchanged(texts)) {
            const type = typeOf(row.t)
            const isSpecial = /^-?(NaN|Infinity)$/.test(row.t)
            const isZero = row.t === "-0"
            const expected =
              (row.bigint && "bigint") ||
              (row.numeric && !isSpecial && "numeric") ||
              (row.float8 && !isZero && "double precision") ||
              (row.date && /^\d{4}-\d\d-\d\d$/.test(row.t) && "date") ||
              (row.uuid && (row.t === row.t.toLowerCase() || row.t === row.t.toUpperCase()) && "uuid")
            if (expected === false) assert.notInclude(typed, type, row.t)
            else assert.strictEqual(type, expected, row.t)
          }
        }),
      runs,
    )

    it.effect.prop(
      "the type of a value and NaN is double precision if Postgres prints a double like the value",
      [decimals],
      ([texts]) =>
        Effect.gen(function* () {
          for (const { float8, t } of yield* printedUnchanged(texts)) {
            const isDouble = typeOf(t, "NaN") === "double precision"
            // Some large doubles are not recognized: see isPrintedText.
            if (Math.abs(Number(t)) < 2 ** 52 || isDouble) assert.strictEqual(isDouble, float8, t)
          }
        }),
      runs,
    )
  })
})
