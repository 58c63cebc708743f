import { assert, it } from "@effect/vitest"
import * as Result from "effect/Result"
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
