import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { matchHeader } from "../../../../src/Domain/load/columns/matchHeader.ts"
import type { LoadOptions } from "../../../../src/Domain/load/options/LoadOptions.ts"

const fileOf = (url: string, header: ReadonlyArray<string>, hasHeader = true) => ({ url, header, hasHeader })

const matched = (
  first: ReadonlyArray<string>,
  other: ReadonlyArray<string>,
  options: LoadOptions = {},
  loaded: ReadonlyArray<number> = first.map((_, index) => index),
) =>
  Result.match(matchHeader(fileOf("A", first), fileOf("B", other), new Set(loaded), options), {
    onFailure: ({ message }) => message,
    onSuccess: (order) => order,
  })

it("finds the columns of the first file in any order, and duplicates and empty names by their place", () => {
  assert.deepStrictEqual(matched(["a", "b", "c"], ["c", " a", "b"]), [1, 2, 0])
  assert.deepStrictEqual(matched(["a", "a", ""], ["a", "a", ""]), [0, 1, 2])
  assert.deepStrictEqual(matched(["é"], ["é".normalize("NFD")]), [0])
  assert.deepStrictEqual(matched(["Trip ID"], ["trip_id"], { names: "snake" }), [0])
})

it("uses each column of the other file once", () => {
  const [composed, decomposed] = ["é".normalize("NFC"), "é".normalize("NFD")]
  assert.deepStrictEqual(matched([composed, decomposed, "b"], [composed, decomposed, "b"]), [0, 1, 2])
  assert.deepStrictEqual(matched([composed, decomposed], [decomposed, composed]), [1, 0])
  assert.include(matched([composed, decomposed], [decomposed]), `A has "${composed}"`)
  assert.include(matched([composed, "b"], [decomposed, `${decomposed}\u200B`, "b"]), "which A has not")
})

it("distinguishes header cells that are cut to the same name", () => {
  const [one, two, three] = [1, 2, 3].map((end) => "x".repeat(70) + end) as [string, string, string]
  assert.deepStrictEqual(matched([one, two], [two, one]), [1, 0])
  assert.include(matched([one], [three]), "The columns of the files differ")
  assert.include(matched([one, two], [three, two]), "The columns of the files differ")
})

const long = "x".repeat(70)

const anyCell = Schema.Literals([
  "",
  "a",
  " a",
  "a_2",
  "A",
  "column_1",
  "é".normalize("NFC"),
  "é".normalize("NFD"),
  "é\u200B",
  long,
  `${long}y`,
])

it.prop(
  "finds the columns of any header in any permutation of itself",
  {
    columns: Schema.Array(Schema.Struct({ cell: anyCell, place: Schema.Natural })).check(
      Schema.isMaxLength(8),
    ),
    names: Schema.Literals(["keep", "snake"]),
  },
  ({ columns, names }) => {
    const cells = (some: typeof columns) => some.map(({ cell }) => cell)
    const header = cells(columns)
    const other = cells(columns.toSorted((one, two) => one.place - two.place))
    const order = matched(header, other, { names })
    if (typeof order === "string") {
      // A column without a name is known by its place.
      assert.include(header, "", order)
      return
    }
    assert.strictEqual(new Set(order).size, header.length)
    for (const [index, position] of order.entries())
      assert.strictEqual(other[position]?.trim(), header[index]?.trim())
  },
  { arbitrary: { runs: 500 } },
)

it("names what each file lacks", () => {
  assert.include(matched(["a", "b"], ["b", "c"]), 'B has "c", which A has not; A has "a", which B has not.')
  assert.include(matched(["Id"], ["id"]), 'B has "id", which A has not; A has "Id", which B has not.')
})

it("needs only columns that are loaded, and with otherColumns=skip allows others", () => {
  assert.deepStrictEqual(matched(["a", "b"], ["b"], {}, [1]), [-1, 0])
  assert.deepStrictEqual(matched(["a", "b"], ["x", "b"], { otherColumns: "skip" }, [1]), [-1, 1])
  assert.include(matched(["a", "b"], ["x", "b"], {}, [1]), 'B has "x", which A has not.')
})

it("says if only one of the files was read with a header", () => {
  const result = matchHeader(fileOf("A", ["a"]), fileOf("B", ["column_1"], false), new Set([0]), {})
  assert.include(Result.isFailure(result) ? result.failure.message : "", "Only A was read with a header")
})
