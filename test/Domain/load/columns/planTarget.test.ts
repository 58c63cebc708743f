import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { ExistingTable } from "../../../../src/Domain/load/columns/target/ExistingTable.ts"
import { planColumns } from "../../../../src/Domain/load/columns/planColumns.ts"
import { planTarget } from "../../../../src/Domain/load/columns/target/planTarget.ts"
import type { LoadOptions } from "../../../../src/Domain/load/options/LoadOptions.ts"

/** A table of text columns with these names and comments. */
const tableOf = (columns: ReadonlyArray<readonly [name: string, comment: string | null]>): ExistingTable => ({
  schema: "public",
  name: "orders",
  columns: columns.map(([name, comment]) => ({
    name,
    type: "text",
    comment,
    isJson: false,
    notNull: false,
    hasDefault: false,
    isNumbered: false,
    isIdentity: false,
    isGenerated: false,
  })),
  checks: [],
  keys: [],
  referencedKey: null,
  hasTriggers: false,
  hasRules: false,
  isPartitioned: false,
  isDescribed: false,
})

const header = ["First Name", " city ", "city"]
const options: LoadOptions = { mode: "append" }
const made: ReadonlyArray<readonly [string, string | null]> = [
  ["First Name", null],
  ["city", " city "],
  ["city_2", "city"],
]

it.effect.each<readonly [string, LoadOptions, typeof made]>([
  ["by names alone", options, made],
  [
    "by the comments of a table from before, which repeat the names",
    options,
    made.map(([name, comment]) => [name, comment ?? name]),
  ],
  ["by the header cells, if names are written in another way now", { ...options, names: "snake" }, made],
  [
    "if all have the same cell",
    { ...options, names: "snake" },
    [
      ["City", null],
      ["City_2", "City"],
    ],
  ],
])("the columns of a file find those of a table that an earlier file made, %s", ([, given, columns]) =>
  Effect.gen(function* () {
    const cells = columns.length === 2 ? ["City", "City"] : header
    const planned = yield* Effect.fromResult(planColumns(cells, given))
    const plan = yield* Effect.fromResult(planTarget(planned, given, tableOf(columns)))
    assert.deepStrictEqual(
      plan.columns.map(({ name }) => name),
      columns.map(([name]) => name),
    )
  }),
)
