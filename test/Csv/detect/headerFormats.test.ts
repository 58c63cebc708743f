import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { CsvOptions } from "../../../src/Domain/load/options/CsvOptions.ts"
import { readAll, utf8 } from "../readingCsv.ts"

/** Header, number of rows, lines that are skipped, and the warnings about the header. */
const readingOf = Effect.fnUntraced(function* (lines: ReadonlyArray<string>, csv: CsvOptions = {}) {
  const read = yield* readAll([utf8(lines.join("\n") + "\n")], { csv, onBadRow: "reject" })
  assert.isNull(read.error)
  return {
    header: read.header,
    rows: read.rows.length,
    skipped: read.skipped.map(({ line }) => line),
    warnings: read.warnings
      .filter(({ code }) => code === "header_rows" || code === "units_row")
      .map(({ code, line }) => `${code} ${line}`),
  }
})

const isPlain = (lines: ReadonlyArray<string>, header: ReadonlyArray<string>, csv?: CsvOptions) =>
  Effect.gen(function* () {
    const { warnings, ...read } = yield* readingOf(lines, csv)
    assert.deepStrictEqual<unknown>([read.header, warnings], [header, []], lines.join("\n"))
  })

const sales = ["north,1,2,3,4", "south,5,6,7,8", "east,5,6,7,8"]

describe("a header of two rows", () => {
  it.effect("is joined if the upper one has names of groups, as merged cells are exported", () =>
    Effect.gen(function* () {
      const names = ["Region", "2022 sales", "2022 cost", "2023 sales", "2023 cost"]
      const expected = { header: names, rows: 3, skipped: [], warnings: ["header_rows 1"] }
      const files = [
        ["Region,2022,,2023,", ",sales,cost,sales,cost", ...sales],
        [",2022,,2023,", "Region,sales,cost,sales,cost", ...sales],
      ]
      for (const file of files)
        for (const delimiter of [",", ";", "\t"])
          assert.deepStrictEqual(
            yield* readingOf(file.map((line) => line.replaceAll(",", delimiter))),
            expected,
            delimiter,
          )
      assert.deepStrictEqual(
        yield* readingOf(["Dates,Travel,,Total", ",Air,Rail,", "2024-01-01,1,2,3", "2024-01-02,1,2,3"]),
        { ...expected, header: ["Dates", "Travel Air", "Travel Rail", "Total"], rows: 2 },
      )
    }),
  )

  it.effect("may be below a title, and above units", () =>
    Effect.gen(function* () {
      const rows = ["2024-01-01,5,180,7,1", "2024-01-02,4,170,8,2", "2024-01-03,4,170,8,2"]
      const file = ["Weather", "", "Time,Wind,,Temp,", ",speed,dir,max,min", ",m/s,°,°C,°C", ...rows]
      assert.deepStrictEqual(yield* readingOf(file), {
        header: ["Time", "Wind speed", "Wind dir", "Temp max", "Temp min"],
        rows: 3,
        skipped: [1, 5],
        warnings: ["header_rows 3", "units_row 5"],
      })
    }),
  )

  it.effect("is not seen in titles, keys and values, and rows of the table", () =>
    Effect.gen(function* () {
      const names = ["Date", "Shop", "Item", "Qty", "Price"]
      const table = [
        names.join(),
        "2024-01-02,N,Mug,2,5.00",
        "2024-01-03,N,Cup,1,4.00",
        "2024-01-04,S,Mug,1,5.00",
      ]
      const above = [
        ["Report,,,,"],
        [",Members,,,"],
        ["Period,2024-01,,,"],
        ["Account:,,DE00,,"],
        ["Name,,ACME,,", "Period,,May,,"],
        ["Operator,J. Doe"],
      ]
      for (const lines of above) yield* isPlain([...lines, ...table], names)
      yield* isPlain(["id,name,,note", "1,Ann,x,", "2,Bob,,y", "3,,z,"], ["id", "name", "", "note"])
      yield* isPlain(["a,b,,c,", "x,y,z,u,v", "x,y,z,u,v", "x,y,z,u,v"], ["a", "b", "", "c", ""])
      yield* isPlain(["Operator,Doe,,", ",time,q,r", ",1,2,3", ",4,5,6", ",7,8,9"], ["", "time", "q", "r"])
    }),
  )

  it.effect("is not joined if headerRows=1 is given", () =>
    isPlain(
      [",2022,,2023,", "Region,sales,cost,sales,cost", ...sales],
      ["Region", "sales", "cost", "sales", "cost"],
      { headerRows: 1 },
    ),
  )
})

describe("a line of units below the header", () => {
  const rows = ["2024-01-01,5.1,3,a", "2024-01-02,6.1,4,", "2024-01-03,7.2,5,b"]
  const header = ["time", "temp", "speed", "note"]

  it.effect("is skipped if the columns are numbers below", () =>
    Effect.gen(function* () {
      const units = [
        ",°C,m/s,",
        ",(°C),(m/s),",
        "YYYY-MM-DD,[deg C],[km h-1],[-]",
        "UTC,EUR,1000 t,-",
        ",%,kg/m^3,",
        ',"µg/m³",W/m2,',
        ",,mm,",
        ",m,m,",
      ]
      for (const line of units)
        assert.deepStrictEqual(
          yield* readingOf([header.join(), line, ...rows]),
          { header, rows: 3, skipped: [2], warnings: ["units_row 2"] },
          line,
        )
    }),
  )

  it.effect("is skipped if all cells of it, and no others, are in brackets", () =>
    Effect.gen(function* () {
      const found = yield* readingOf(["a,b", "(m),(s)", "x,y", "z,w", "q,r"])
      assert.deepStrictEqual(found, { header: ["a", "b"], rows: 3, skipped: [2], warnings: ["units_row 2"] })
      yield* isPlain(["a,b", "(m),(s)", "(x),y", "z,(w)", "q,r"], ["a", "b"])
    }),
  )

  it.effect("is a row, with a warning, if few records follow", () =>
    Effect.gen(function* () {
      const found = yield* readingOf([header.join(), ",°C,m/s,", ...rows.slice(0, 2)])
      assert.deepStrictEqual(found, { header, rows: 3, skipped: [], warnings: ["units_row 2"] })
    }),
  )

  it.effect("is not seen in marks, texts, and columns of units", () =>
    Effect.gen(function* () {
      const lines = [
        ",NA,n/a,",
        ",-,-,",
        "total,°C,m/s,",
        "2024-01-01,°C,m/s,",
        ",5,m/s,",
        ",,m,",
        ",unknown,low,",
        "time,temp,speed,note",
      ]
      for (const line of lines) yield* isPlain([header.join(), line, ...rows], header)
      yield* isPlain(["name,unit", ",kg", "Ann,m", "Bob,s", "Cy,kg"], ["name", "unit"])
      yield* isPlain(["id,code", ",EUR", "1,USD", "2,EUR", "3,USD"], ["id", "code"])
    }),
  )

  it.effect("is a row if unitsRow=false is given", () =>
    isPlain([header.join(), ",°C,m/s,", ...rows], header, { unitsRow: false }),
  )

  it.effect("is below the rows that headerRows gives", () =>
    Effect.gen(function* () {
      const found = yield* readingOf(["g,g", "a,b", "kg,°C", "1,2", "3,4", "5,6"], { headerRows: 2 })
      assert.deepStrictEqual(found, {
        header: ["g a", "g b"],
        rows: 3,
        skipped: [3],
        warnings: ["units_row 3"],
      })
    }),
  )
})
