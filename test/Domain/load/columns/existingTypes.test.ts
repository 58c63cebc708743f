import { assert, it } from "@effect/vitest"
import { knownType, limitOf } from "../../../../src/Domain/load/columns/target/ExistingTable.ts"

const characters = (most: number) => ({ _tag: "Characters", most }) as const
const decimal = (precision: number, scale: number) => ({ _tag: "Decimal", precision, scale }) as const

it.each([
  ["smallint", "smallint", undefined],
  ["real", "real", undefined],
  ["character varying", "text", undefined],
  ["character varying(10)", "text", characters(10)],
  ["character(3)", "text", characters(3)],
  ["numeric", "numeric", undefined],
  ["numeric(6,2)", "numeric", decimal(6, 2)],
  ["numeric(3,-2)", "numeric", decimal(3, -2)],
  // Only the database knows which values these have.
  ["bpchar", undefined, undefined],
  ["timestamp(3) without time zone", undefined, undefined],
  ["bit varying(5)", undefined, undefined],
  ["character varying(10)[]", undefined, undefined],
  ['"character varying(10)"', undefined, undefined],
])("the worker knows which values a column of %s takes, or asks the database", (type, known, limit) => {
  assert.strictEqual(knownType(type), known)
  assert.deepStrictEqual(limitOf(type), limit)
})
