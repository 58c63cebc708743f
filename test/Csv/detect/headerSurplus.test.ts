import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { foundOut, utf8 } from "../readingCsv.ts"

const read = Effect.fnUntraced(function* (text: string) {
  const { error, header, headerRepair, rows } = yield* foundOut([utf8(text)])
  assert.isNull(error)
  return { header, repair: headerRepair, rows: rows.length }
})

const lines = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `${line(n)}\n`).join("")

describe("a header with fewer names than there are columns", () => {
  it.effect("names the first ones where the records' first cells cannot be names of rows", () =>
    Effect.gen(function* () {
      const places = ["Rome", "Oslo", "Rome"]
      assert.deepStrictEqual(yield* read(`city,n\n${lines(9, (n) => `${places[n % 3]},${n},x`)}`), {
        header: ["city", "n", ""],
        repair: { added: 1, cut: 0, surplus: "last" },
        rows: 9,
      })
      assert.deepStrictEqual((yield* read(`a,b\n${lines(5, (n) => `${7 * n},x,y`)}`)).header, ["a", "b", ""])
      assert.deepStrictEqual((yield* read("a,b\n1,2,3\n4,5,6\n")).header, ["a", "b", ""])
    }),
  )

  it.effect("names the first ones where more than one name is missing", () =>
    Effect.gen(function* () {
      const { header, repair } = yield* read(`a,b,c\n${lines(5, (n) => `r${n},1,2,3,4`)}`)
      assert.deepStrictEqual(header, ["a", "b", "c", "", ""])
      assert.deepStrictEqual(repair, { added: 2, cut: 0, surplus: "last" })
    }),
  )

  it.effect("names the first ones where the first name is that of a key", () =>
    Effect.gen(function* () {
      for (const name of ["id", "ID", "row_no", "Customer Name", "orderId", "date"])
        assert.deepStrictEqual((yield* read(`${name},b\n${lines(5, (n) => `${n + 1},x,y`)}`)).header, [
          name,
          "b",
          "",
        ])
      assert.deepStrictEqual((yield* read(`'id';'b'\n${lines(5, (n) => `'${n + 1}';'x';'y'`)}`)).header, [
        "id",
        "b",
        "",
      ])
      assert.deepStrictEqual((yield* read(`name,b\n${lines(5, (n) => `k${n},x,y`)}`)).header, [
        "name",
        "b",
        "",
      ])
    }),
  )

  it.effect("of R names the last ones: numbers of rows in quotes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* read(`"x","y"\n${lines(5, (n) => `"${n + 1}",${n * n},"z"`)}`), {
        header: ["", "x", "y"],
        repair: { added: 1, cut: 0, surplus: "first" },
        rows: 5,
      })
    }),
  )

  it.effect("of a matrix names the last ones: names of rows before numbers", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        (yield* read(`s1\ts2\ts3\n${lines(5, (n) => `gene${n}\t0.${n}\t\t${n}`)}`)).header,
        ["", "s1", "s2", "s3"],
      )
    }),
  )

  it.effect("names the last ones where the first cells may be row names, as R and pandas read it", () =>
    Effect.gen(function* () {
      for (const key of [(n: number) => n, (n: number) => n + 1, (n: number) => `r${n}`])
        assert.deepStrictEqual(yield* read(`a,b\n${lines(5, (n) => `${key(n)},x${n},y`)}`), {
          header: ["", "a", "b"],
          repair: { added: 1, cut: 0, surplus: "first" },
          rows: 5,
        })
    }),
  )

  it.effect("names the last ones where the name of a key fits the second cells better", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* read(`id,city\n${lines(5, (n) => `row ${n},${7 * n},x`)}`)).header, [
        "",
        "id",
        "city",
      ])
      assert.deepStrictEqual((yield* read(`time,v\n${lines(5, (n) => `${n},2024-01-0${n + 1},x`)}`)).header, [
        "",
        "time",
        "v",
      ])
    }),
  )

  it.effect("is short for most of the records, however many have its width", () =>
    Effect.gen(function* () {
      const { error, header } = yield* foundOut([
        utf8(`a,b\n${lines(20, (n) => (n % 3 === 0 ? "1,2" : "1,2,3"))}`),
      ])
      assert.deepStrictEqual([header, error?.code], [["a", "b", ""], "ragged_record"])
    }),
  )
})

describe("a header with more cells than the records", () => {
  it.effect("loses the empty ones at its end", () =>
    Effect.gen(function* () {
      const { header, repair } = yield* read("a,b,,\n1,2\n3,4\n")
      assert.deepStrictEqual([header, repair], [["a", "b"], { added: 0, cut: 2, surplus: "last" }])
    }),
  )

  it.effect("keeps names", () =>
    Effect.gen(function* () {
      const { header, headerRepair } = yield* foundOut([utf8("a,b,c\n1,2\n3,4\n")])
      assert.deepStrictEqual([header, headerRepair], [["a", "b", "c"], null])
    }),
  )
})

describe("a header with as many cells as the records", () => {
  it.effect("is taken as it is", () =>
    Effect.gen(function* () {
      assert.isNull((yield* read("a,b\n1,2\n3,4\n")).repair)
    }),
  )
})
