import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { columnNames, nameOf } from "../../../../src/Domain/load/columns/ColumnNames.ts"
import { cutToBytes, maxNameBytes } from "../../../../src/Domain/load/columns/SqlIdentifier.ts"

const namesOf = (header: ReadonlyArray<string>): ReadonlyArray<string> =>
  columnNames(header).map((column) => column.name)
const bytesOf = (text: string): number => new TextEncoder().encode(text).length

describe("a column name", () => {
  it("is the trimmed header cell, and the cell itself is kept", () => {
    assert.deepStrictEqual(columnNames(["\ufeffID", " Trip Distance ", 'a"b', "Élan; --"]), [
      { name: "ID", header: "\ufeffID" },
      { name: "Trip Distance", header: " Trip Distance " },
      { name: 'a"b', header: 'a"b' },
      { name: "Élan; --", header: "Élan; --" },
    ])
  })

  it("keeps letter case", () => {
    assert.deepStrictEqual(namesOf(["a", "A"]), ["a", "A"])
  })

  it("is column_<n> for an empty cell", () => {
    assert.deepStrictEqual(namesOf(["a", "", " ", "\ufeff"]), ["a", "column_2", "column_3", "column_4"])
    assert.deepStrictEqual(namesOf(["", "column_1", "column_1_2"]), ["column_1_3", "column_1", "column_1_2"])
  })

  it("gets _2, _3 if it is taken, and never takes the name of another cell", () => {
    assert.deepStrictEqual(namesOf(["a", "a", "a"]), ["a", "a_2", "a_3"])
    assert.deepStrictEqual(namesOf(["a", "a", "a_2"]), ["a", "a_3", "a_2"])
    assert.deepStrictEqual(namesOf(["a_2", "a", "a", "a_2"]), ["a_2", "a", "a_3", "a_2_2"])
    assert.deepStrictEqual(namesOf(["a", " a"]), ["a", "a_2"])
  })

  it("is never that of a system column", () => {
    assert.deepStrictEqual(namesOf(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]), [
      "tableoid_2",
      "xmin_2",
      "cmin_2",
      "xmax_2",
      "cmax_2",
      "ctid_2",
    ])
    assert.deepStrictEqual(namesOf(["CTID", "ctid", "ctid_2"]), ["CTID", "ctid_3", "ctid_2"])
  })

  it("is cut between characters to 63 bytes, including its suffix", () => {
    const long = "a".repeat(63)
    assert.deepStrictEqual(namesOf([long, `${long}b`, `${long}c`]), [
      long,
      `${"a".repeat(61)}_2`,
      `${"a".repeat(61)}_3`,
    ])
    assert.deepStrictEqual(namesOf([`${long}b`, long]), [`${"a".repeat(61)}_2`, long])
    assert.deepStrictEqual(namesOf(["é".repeat(40), "é".repeat(41)]), ["é".repeat(31), `${"é".repeat(30)}_2`])
    assert.deepStrictEqual(namesOf(["🦆".repeat(16)]), ["🦆".repeat(15)])
  })

  it("is found in linear time for as many equal cells as a table can have columns", () => {
    const long = "é".repeat(40)
    const equal = Array.from({ length: 1600 }, () => long)
    const sharedBeginning = Array.from({ length: 1600 }, (_, n) => `${long}${n}`)
    const start = performance.now()
    for (const header of [equal, sharedBeginning]) assert.strictEqual(new Set(namesOf(header)).size, 1600)
    assert.isBelow(performance.now() - start, 1000)
    assert.strictEqual(namesOf(equal)[1599], `${"é".repeat(29)}_1600`)
  })

  const cell = Arbitrary.map(
    Arbitrary.array(
      Arbitrary.schema(
        Schema.Literals([
          "a",
          "a",
          "A",
          "_2",
          "_3",
          " ",
          "é",
          "🦆",
          "ctid",
          "column_1",
          "x".repeat(60),
          "\ud800",
        ]),
      ),
      { maxLength: 4 },
    ),
    (parts) => parts.join(""),
  )

  const parts = ["a", "B", "é", " ", "\u3000", "\u200d", "\ufeff", "\ud83e", "\udd86", "👩‍🚀", "_", "-", "\n"]
  it.prop(
    "is the beginning of what its cell asks for, however long the cell is",
    {
      cell: Arbitrary.map(
        Arbitrary.array(Arbitrary.schema(Schema.Natural), { minLength: 1, maxLength: 40 }),
        (numbers) => numbers.map((n) => parts[n % parts.length]!.repeat(1 + (n % 37))).join(""),
      ),
    },
    ({ cell }) => {
      for (const style of ["keep", "snake"] as const)
        assert.strictEqual(
          columnNames([cell], style)[0]?.name,
          cutToBytes(nameOf(cell, style), maxNameBytes) || "column_1",
        )
    },
    { arbitrary: { runs: 1_000 } },
  )

  it.prop(
    "is valid, unique, deterministic, and equal to the cell where possible",
    [Arbitrary.array(cell, { maxLength: 30 })],
    ([header]) => {
      const columns = columnNames(header)
      const names = columns.map((column) => column.name)
      assert.deepStrictEqual(columnNames(header), columns)
      assert.deepStrictEqual(
        columns.map((column) => column.header),
        header,
      )
      assert.strictEqual(new Set(names).size, header.length)
      const system = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"])
      for (const [index, name] of names.entries()) {
        assert.isTrue(name !== "" && name.isWellFormed() && bytesOf(name) <= 63 && !system.has(name))
        const own = header[index]!.trim().toWellFormed()
        if (own === "" || bytesOf(own) > 63 || system.has(own)) continue
        const isFirst = header.findIndex((other) => other.trim().toWellFormed() === own) === index
        if (isFirst) assert.strictEqual(name, own)
      }
    },
    { arbitrary: { runs: 500, size: 30 } },
  )
})
