import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { joinHeaderRows } from "../../../src/Csv/record/joinHeaderRows.ts"
import { cut, foundOut, readAll, utf8 } from "../readingCsv.ts"

describe("the rows of a header", () => {
  it("are joined by column, with the groups of merged cells", () => {
    for (const [rows, names] of [
      [
        ["Dates,Place,Travel,,,Total", ",,Air,Rail,Taxi,"],
        ["Dates", "Place", "Travel Air", "Travel Rail", "Travel Taxi", "Total"],
      ],
      [
        ["id,2023,,2024", ",Q1,Q2,Q1,Q2"],
        ["id", "2023 Q1", "2023 Q2", "2024 Q1", "2024 Q2"],
      ],
      [
        ["a,,c", "x,,y"],
        ["a x", "", "c y"],
      ],
      [
        ["A,,B,", "p,,,q", "1,2,3,4"],
        ["A p 1", "A p 2", "B 3", "B q 4"],
      ],
      [
        ["only,one", ","],
        ["only", "one"],
      ],
    ] as const)
      assert.deepStrictEqual(joinHeaderRows(rows.map((row) => row.split(","))), names)
  })

  const rows = 'Dates,Travel,,Total\r\n\r\n,"A\nir",Rail,\r\n'
  const units = "d,EUR,EUR,EUR\r\n"
  const body = "2024-01-01,1,2,3\r\n2024-01-02,4,5,9\r\n"

  it.effect("and the line of units are accounted for, however the file is cut", () =>
    Effect.gen(function* () {
      const csv = { headerRows: 2, unitsRow: true }
      for (const size of [1, 2, 3, 7, 1000]) {
        const found = yield* readAll(cut(utf8(rows + units + body), size), { csv })
        assert.deepStrictEqual(found.header, ["Dates", "Travel A\nir", "Travel Rail", "Total"])
        assert.deepStrictEqual(found.rows, [
          ["2024-01-01", "1", "2", "3"],
          ["2024-01-02", "4", "5", "9"],
        ])
        assert.deepStrictEqual(
          found.skipped.map(({ kind, line, raw }) => [kind, line, raw]),
          [["preamble", 5, "d,EUR,EUR,EUR"]],
        )
      }
    }),
  )

  it.effect("start after skipLines, and in the first line without it", () =>
    Effect.gen(function* () {
      const file = [utf8("A title\n" + rows + body)]
      const after = yield* foundOut(file, { headerRows: 2, skipLines: 1 })
      assert.strictEqual(after.rows.length, 2)
      const first = yield* foundOut([utf8("group,\nx,y\n1,2\n3,4\n")], { headerRows: 2 })
      assert.deepStrictEqual([first.header, first.rows.length], [["group x", "group y"], 2])
    }),
  )

  it.effect("must all be in the file", () =>
    Effect.gen(function* () {
      const { error } = yield* foundOut([utf8("a,b\n")], { headerRows: 2 })
      assert.strictEqual(error?.code, "empty_file")
      assert.include(error?.message, "headerRows")
      const withoutUnits = yield* foundOut([utf8("a,b")], { unitsRow: true })
      assert.deepStrictEqual([withoutUnits.error, withoutUnits.header], [null, ["a", "b"]])
    }),
  )
})
