import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { LoadOptions } from "../../../../src/Domain/load/options/LoadOptions.ts"
import { planColumns } from "../../../../src/Domain/load/columns/planColumns.ts"
import { snakeName } from "../../../../src/Domain/load/columns/snakeName.ts"

const decode = Schema.decodeUnknownSync(LoadOptions)

const strict = Schema.decodeUnknownSync(LoadOptions, { onExcessProperty: "error" })

/** Index, name and type of each column, or the error's message. */
const plan = (header: ReadonlyArray<string>, options: object) =>
  Result.match(planColumns(header, decode(options)), {
    onSuccess: (columns) => columns.map(({ index, name, type }) => `${index} ${name} ${type ?? "-"}`),
    onFailure: ({ code, message }) => {
      assert.strictEqual(code, "columns_mismatch")
      return message
    },
  })

describe("the option columns", () => {
  it("renames, types and skips columns by their header cells", () => {
    const header = ["\ufeffTrip ID ", "fare", "note", ""]
    assert.deepStrictEqual(plan(header, {}), ["0 Trip ID -", "1 fare -", "2 note -", "3 column_4 -"])
    assert.deepStrictEqual(
      plan(header, { columns: { "Trip ID": "id", fare: { type: "numeric" }, note: null } }),
      ["0 id -", "1 fare numeric", "3 column_4 -"],
    )
    assert.deepStrictEqual(plan(header, { columns: { note: "n", column_4: {} }, otherColumns: "skip" }), [
      "2 n -",
      "3 column_4 -",
    ])
  })

  it("finds a header cell in another Unicode normal form, after an equal one", () => {
    const [composed, decomposed] = ["année".normalize("NFC"), "année".normalize("NFD")]
    assert.deepStrictEqual(plan(["a", composed], { columns: { [decomposed]: "y" } }), ["0 a -", "1 y -"])
    assert.deepStrictEqual(plan([composed, decomposed], { columns: { [decomposed]: "y" } }), [
      `0 ${composed} -`,
      "1 y -",
    ])
  })

  it("names the first of several equal cells, and the others by their names in the table", () => {
    assert.deepStrictEqual(plan(["a", "a"], { columns: { a: "x", a_2: "y" } }), ["0 x -", "1 y -"])
    const names = { names: "snake", columns: { "Full Name": { type: "text" }, birth_day: { type: "date" } } }
    assert.deepStrictEqual(plan(["Full Name", "birthDay"], names), ["0 full_name text", "1 birth_day date"])
  })

  it("fails with similar names for a column that the header does not have", () => {
    assert.include(plan(["Größe", "Gewicht"], { columns: { Grose: "x" } }), 'did you mean "Größe"?')
    assert.include(plan(["a1", "b2"], { columns: { "weather station": "x" } }), 'it has "a1", "b2"')
    assert.include(plan(["年", "名"], { columns: { 月日: "x" } }), 'it has "年", "名"')
  })

  it("fails if no column is left, or two have one name", () => {
    assert.include(plan(["a", "b"], { columns: { a: null, b: null } }), "skip every column")
    assert.include(plan(["a", "b"], { otherColumns: "skip" }), "skip every column")
    assert.include(plan(["a", "b"], { columns: { a: "b" } }), 'Two columns would be named "b"')
    assert.include(plan(["a", "b"], { columns: { a: "ctid" } }), "system column")
    assert.include(plan(["A", "b"], { names: "snake", columns: { A: {}, a: {} } }), "two entries")
  })

  it("refuses names, types and members that do not exist", () => {
    for (const columns of [
      [],
      "x",
      { a: 1 },
      { a: { type: "int" } },
      { a: { nmae: "x" } },
      { a: "x".repeat(64) },
    ])
      assert.throws(() => strict({ columns }))
  })
})

/** The number of columns, or the code of the error, of a file of this width with `sourceColumn`. */
const planned = (width: number) =>
  Result.match(
    planColumns(
      Array.from({ length: width }, (_, index) => `c${index}`),
      decode({ sourceColumn: "file" }),
    ),
    { onSuccess: (columns) => columns.length, onFailure: ({ code }) => code },
  )

describe("the option sourceColumn", () => {
  it("is refused if the file has as many columns as a table can have", () => {
    assert.strictEqual(planned(1599), 1600)
    assert.strictEqual(planned(1600), "too_many_columns")
  })
})

describe("names=snake", () => {
  it("makes names that SQL takes without quotes", () => {
    const names = {
      "Trip Distance (km)": "trip_distance_km",
      firstName: "first_name",
      HTTPServerID: "http_server_id",
      "  Größe%  ": "grosse",
      "Année de début": "annee_de_debut",
      "2020": "_2020",
      col__x: "col_x",
      "--": "",
      "Имя клиента": "имя_клиента",
      "人口 2020": "人口_2020",
      "हिन्दी नाम": "हिन्दी_नाम",
      "\ufeffID": "id",
      area_km2: "area_km2",
      User: "user_",
      "From ": "from_",
      "user id": "user_id",
    }
    for (const [cell, name] of Object.entries(names)) assert.strictEqual(snakeName(cell), name)
    assert.deepStrictEqual(plan(["A b", "a-B", "%", "a_b_2"], { names: "snake" }), [
      "0 a_b -",
      "1 a_b_3 -",
      "2 column_3 -",
      "3 a_b_2 -",
    ])
  })
})
