import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import {
  suggestedTableName,
  TableName,
  tableNameBase,
} from "../../../../src/Domain/load/columns/TableName.ts"
import { tableName } from "../../../support/tableName.ts"

const epoch = 1589788983
const bytesOf = (text: string): number => new TextEncoder().encode(text).length
const baseOf = (path: string): string => tableNameBase(`https://example.org${path}`)

describe("a table name", () => {
  it("is the file name without its extension, and the epoch", () => {
    assert.strictEqual(tableName("http://localhost:8000/tripsdata.csv", epoch, 1), "tripsdata_1589788983")
  })

  it("gets _2, _3 if it is taken", () => {
    const url = "http://localhost:8000/tripsdata.csv"
    assert.strictEqual(tableName(url, epoch, 2), "tripsdata_1589788983_2")
    assert.strictEqual(tableName(url, epoch, 10), "tripsdata_1589788983_10")
  })

  it("loses every known extension in any letter case, and no other", () => {
    assert.strictEqual(baseOf("/a.csv.gz"), "a")
    assert.strictEqual(baseOf("/a.TSV.Zip"), "a")
    assert.strictEqual(baseOf("/a.csv.csv"), "a")
    assert.strictEqual(baseOf("/v1.2.csv"), "v1_2")
    assert.strictEqual(baseOf("/a.2024.txt.zst"), "a_2024")
    assert.strictEqual(baseOf("/csv"), "csv")
  })

  it("is made of the last path segment, without query and fragment", () => {
    assert.strictEqual(baseOf("/x/y/a.csv?f=b.csv#c.csv"), "a")
    assert.strictEqual(baseOf("/exports/"), "exports")
  })

  it("is percent-decoded, unless the segment is malformed", () => {
    assert.strictEqual(baseOf("/%C5%BDlu%C5%A5%20k%C5%AF%C5%88.csv"), "žluť_kůň")
    assert.strictEqual(baseOf("/50%.csv"), "_50")
    assert.strictEqual(baseOf("/%FFx.csv"), "ffx")
    assert.strictEqual(baseOf("/a%2Fb.csv"), "a_b")
  })

  it("contains nothing that could end a statement", () => {
    assert.strictEqual(tableName('https://h/"; drop table x; --.csv', 1, 1), "drop_table_x_1")
    assert.strictEqual(tableName("https://h/%22;%20drop%20table%20x;%20--.csv", 1, 1), "drop_table_x_1")
    assert.strictEqual(baseOf("/a$b'c%5Cd%00e.csv"), "a_b_c_d_e")
  })

  it("needs no quotes: lower case, no leading digit, words joined by _", () => {
    assert.strictEqual(baseOf("/Taxi Trips (NYC)!.csv"), "taxi_trips_nyc")
    assert.strictEqual(baseOf("/2024-01.csv"), "_2024_01")
    assert.strictEqual(baseOf("/__a__b__.csv"), "a__b")
  })

  it("is in Unicode form NFC and keeps combining marks", () => {
    assert.strictEqual(baseOf("/e%CC%81.csv"), "é")
    assert.strictEqual(baseOf(`/${encodeURIComponent("हिन्दी")}.csv`), "हिन्दी")
  })

  it("is `file` if the URL has no file name", () => {
    for (const path of ["", "/", "/.csv", "/.csv.gz", "/---.csv", "/?name=a.csv", "/%20"])
      assert.strictEqual(baseOf(path), "file", path)
    assert.strictEqual(tableNameBase("not a URL"), "file")
  })

  it("is cut between characters before its suffix", () => {
    const url = `https://h/${"東".repeat(200)}.csv`
    assert.strictEqual(tableName(url, epoch, 1), `${"東".repeat(17)}_1589788983`)
    assert.strictEqual(tableName(url, epoch, 2), `${"東".repeat(16)}_1589788983_2`)
    assert.strictEqual(tableName(`https://h/${"a_".repeat(100)}.csv`, epoch, 1).length, 62)
  })

  it("takes linear time for a long name of dots or underscores", () => {
    const start = performance.now()
    for (const part of ["_", ".gz", ".", "%5F"]) baseOf(`/a${part.repeat(60_000)}b${part.repeat(60_000)}`)
    assert.isBelow(performance.now() - start, 2000)
  })

  const fileNames = Arbitrary.map(
    Arbitrary.array(
      Arbitrary.schema(
        Schema.Literals([..."aZ0_-.%/ \"';$", "é", "東", "🦆", "İ", "ß", "%2E", "%00", ".csv", "\ud800"]),
      ),
      { maxLength: 60 },
    ),
    (parts) => parts.join(""),
  )
  const counts = Arbitrary.schema(Schema.Natural)

  it.prop(
    "is an identifier of at most 63 bytes, deterministic, and different for each number",
    [fileNames, counts],
    ([fileName, count]) => {
      const url = `https://h/${fileName}`
      const name = tableName(url, epoch, count + 1)
      assert.match(name, /^[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*$/u)
      assert.strictEqual(
        name,
        name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
      )
      assert.isAtMost(bytesOf(name), 63)
      assert.isTrue(name.isWellFormed())
      assert.isTrue(Schema.is(TableName)(name))
      assert.isTrue(name.endsWith(count === 0 ? `_${epoch}` : `_${epoch}_${count + 1}`))
      assert.strictEqual(tableName(url, epoch, count + 1), name)
    },
    { arbitrary: { runs: 500, size: 60 } },
  )
})

describe("the suggested name of a table", () => {
  it.each([
    ["https://example.org/export?format=csv", "Sales 2024.csv", "sales_2024"],
    ["https://example.org/dl.php?file=1", "sales.csv.gz", "sales"],
    ["https://example.org/trips.csv?v=2", "download.csv", "trips"],
    ["https://example.org/trips.csv.gz", null, "trips"],
    ["https://example.org/export", null, "export"],
    ["https://example.org/", "2024.csv", "_2024"],
    ["https://example.org/", "…", "file"],
    ["https://example.org/", "ü".repeat(100), "ü".repeat(31)],
  ] as const)("of %s, served as %s, is %s", (url, served, name) =>
    assert.strictEqual(suggestedTableName(url, served), name),
  )
})
