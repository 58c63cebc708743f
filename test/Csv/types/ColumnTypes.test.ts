import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import { ColumnTypes } from "../../../src/Csv/types/ColumnTypes.ts"
import { batchOf, typeOf, typesOfRows, type Value } from "./inferring.ts"
import { anyValue } from "./anyValue.ts"

/** Every list of values, as a column, is of the type. */
const allAre = (type: string, ...columns: ReadonlyArray<ReadonlyArray<Value>>) => {
  for (const values of columns) assert.strictEqual(typeOf(...values), type, JSON.stringify(values))
}
const eachIs = (type: string, ...values: ReadonlyArray<string>) =>
  allAre(type, ...values.map((value) => [value]))

const uuid = "0198a3e0-1b2c-7d3e-8f40-123456789abc"
const bigger = "9".repeat(131_072)

describe("the type of a column", () => {
  it("is text when it has no values, when one is empty, and when nothing fits", () => {
    allAre("text", [null], [null, null], [""], ["1", ""], ["", "1"], ["a"], ["1", "a"], ["a", "1"], [" 1"])
    assert.deepStrictEqual(new ColumnTypes(2).types(), ["text", "text"])
  })

  it("is not changed by NULLs", () => {
    allAre("bigint", [null, "1", null], ["1", null])
  })

  it("is that of each column alone", () => {
    const rows = [
      ["1", "x", "2024-01-01", null],
      ["2", null, "2024-02-29", null],
    ]
    assert.deepStrictEqual(typesOfRows(rows), ["bigint", "text", "date", "text"])
  })

  it("is bigint for whole numbers that are printed as they are written, within 64 bits", () => {
    eachIs("bigint", "0", "7", "-1", "999999999999999999", "9223372036854775807", "-9223372036854775808")
    eachIs(
      "text",
      "00",
      "01",
      "-01",
      "+5",
      "-0",
      "1,000",
      "1 000",
      "1_000",
      "0x1f",
      "٣",
      "５",
      "--1",
      "-",
      "1-",
    )
  })

  it("is numeric for longer whole numbers, decimals, and both mixed", () => {
    eachIs(
      "numeric",
      "9223372036854775808",
      "-9223372036854775809",
      "1.0",
      "0.10",
      "-0.5",
      "12345678901234567.5",
    )
    eachIs("numeric", bigger, `-${bigger}`, `${bigger}.5`, `0.${"3".repeat(16_383)}`)
    eachIs("text", `1${bigger}`, `1${bigger}.5`, `0.${"3".repeat(16_384)}`)
    eachIs(
      "text",
      ".5",
      "5.",
      "-.5",
      "-0.0",
      "-0.00",
      "00.5",
      "01.5",
      "+1.5",
      "1,5",
      "1.2.3",
      "1.5 ",
      "$1.50",
      "50%",
    )
    allAre("numeric", ["1", "2.50"], ["2.50", "1"], ["1", "9223372036854775808"])
  })

  it("is double precision where there is an exponent and all is printed by a double as it is written", () => {
    eachIs("double precision", "1e-07", "1.5e-07", "-1.5e+300", "1e+15", "5e-324", "2.2250738585072014e-308")
    eachIs("double precision", "1.7976931348623157e+308", "NaN", "Infinity", "-Infinity")
    eachIs(
      "text",
      "1e-7",
      "1E-07",
      "1e7",
      "1e+07",
      "10e-07",
      "1.50e-07",
      "1.e-07",
      "0e+00",
      "1e-0007",
      "1e",
      "e-07",
    )
    eachIs(
      "text",
      "1e+23",
      "1e+309",
      "1e-400",
      "1.00000000000000001e-07",
      "inf",
      "nan",
      "-NaN",
      "1e-07 ",
      "0.1e-07",
    )
    allAre(
      "double precision",
      ["1", "0.1", "1e-07"],
      ["1e-07", "100000000000000"],
      ["1.5", "NaN"],
      ["-0", "1e-05"],
    )
    allAre("double precision", ["0.30000000000000004", "1e-07"], ["1e-07", "-73.98215484619139"])
    allAre("text", ["1.50", "1e-07"], ["1e-07", "1.0"], ["1e-07", "1000000000000000"], ["0.00001", "1e-07"])
    allAre(
      "text",
      ["1e-07", "0.1000000000000000055"],
      ["0.10000000000000001", "1e-07"],
      ["-0", "1"],
      ["-0.0", "1e-05"],
    )
    allAre("numeric", ["0.30000000000000004", "1.50"], ["0.00001", "1"])
  })

  it("is boolean for one pair of words", () => {
    allAre("boolean", ["true", "false"], ["true"], ["FALSE"], ["True", "False"], ["t", "f"], ["f", "t", "f"])
    allAre(
      "text",
      ["t"],
      ["f", "f"],
      ["true", "False"],
      ["true", "t"],
      ["TRUE", "true"],
      ["tRUE"],
      ["T", "F"],
    )
    allAre(
      "text",
      ["yes", "no"],
      ["y", "n"],
      ["on", "off"],
      ["true", "1"],
      ["truf"],
      ["falsE"],
      ["fals"],
      ["true "],
    )
    allAre("bigint", ["0", "1"])
  })

  it("is date for days of the calendar, the year first", () => {
    eachIs("date", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2023-12-31", "1582-10-10")
    eachIs(
      "text",
      "2023-02-29",
      "1900-02-29",
      "2024-04-31",
      "2024-13-01",
      "2024-00-10",
      "2024-01-00",
      "2024-01-32",
    )
    eachIs(
      "text",
      "0000-01-01",
      "10000-01-01",
      "24-01-01",
      "2024-1-1",
      "2024/01/01",
      "01-02-2024",
      "2024-01-01x",
    )
    eachIs("text", "infinity", "today", "2024-01", "20240101x", "2024-01-01 BC", "-2024-01-01", "J2451187")
    allAre(
      "text",
      ["2024-01-01", "01/02/2024"],
      ["2024-01-01", "2024-01-01 00:00:00"],
      ["2024-01-01", "2024"],
    )
  })

  it("is timestamp for dates with times that are written one way", () => {
    eachIs(
      "timestamp",
      "2024-01-01 00:00:00",
      "2024-01-01T23:59:59",
      "2024-01-01 12:30",
      "2024-01-01 12:30:00.123456",
    )
    eachIs("text", "2024-01-01 24:00:00", "2024-01-01 12:60:00", "2024-01-01 12:30:60", "2024-02-30 12:30:00")
    eachIs("text", "2024-01-01 12", "2024-01-01  12:30:00", "2024-01-01t12:30:00", "2024-01-01 12:30:00.")
    eachIs(
      "text",
      "2024-01-01 12:30:00.1234567",
      "2024-01-01 12:30:00,5",
      "2024-01-01 1:30:00",
      "2024-01-01 12:30:",
    )
    eachIs(
      "text",
      "2024-01-01 12:30.5",
      "2024-01-01 12:30:5",
      "2024-01-01 12:30 PM",
      "2024-01-01 ",
      "2024-01-01T12:3",
    )
    const at = (...ends: ReadonlyArray<string>) => ends.map((end) => `2024-01-01 12:30${end}`)
    allAre(
      "timestamp",
      at(":00.10", ":00.00", ":00.12"),
      at(":00.1", ":00", ":00.123456"),
      at(":00", ":00.120", ":00.123"),
    )
    allAre("text", at(":00.10", ":00.1"), at(":00.10", ":00.1", ":00"), at(":00", ":00.000"), at("", ":00"))
    allAre("text", ["2024-01-01 12:30:00", "2024-01-01T12:30:00"])
  })

  it("is timestamptz for times with the same offset throughout", () => {
    const at = (...ends: ReadonlyArray<string>) => ends.map((end) => `2024-01-01T12:30:00${end}`)
    allAre(
      "timestamptz",
      at("Z"),
      at("+00"),
      at("+0000"),
      at("-05:30"),
      at("+14:00", "+14:00"),
      at(".5Z", ".25Z"),
    )
    eachIs("timestamptz", "0001-01-01 00:00:00+14", "2024-01-01 12:30Z")
    allAre("text", at("Z", "+00"), at("+00", "-00"), at("+02:00", "+01:00"), at("+02", "+02:00"), at("Z", ""))
    allAre(
      "text",
      at("+15:00"),
      at("+02:60"),
      at("+2"),
      at("+020"),
      at("+02:0"),
      at("+02:00:00"),
      at("z"),
      at(" Z"),
    )
    allAre("text", at(" UTC"), at("+"), at("ZZ"), at("+ab"), at("+02-00"), at("Z BC"))
  })

  it("is uuid for the usual form, in small letters or in capitals", () => {
    const capital = uuid.toUpperCase()
    allAre(
      "uuid",
      [uuid],
      [capital],
      [uuid, "00000000-0000-0000-0000-000000000000"],
      [capital, "0".repeat(8) + uuid.slice(8, 24).toUpperCase() + "0".repeat(12)],
    )
    allAre(
      "text",
      [uuid, capital],
      [`{${uuid}}`],
      [uuid.replaceAll("-", "")],
      [`${uuid.slice(1)}g`],
      [uuid.slice(1)],
    )
    allAre("text", [uuid.replace("-", "0")], [`${uuid.slice(0, 35)}-`], [`urn:uuid:${uuid}`])
  })

  it("is jsonb for objects and arrays that lose nothing", () => {
    eachIs(
      "jsonb",
      "{}",
      "[]",
      '{"a": 1, "b": [true, null, "x"]}',
      "[1.50, 1e300, 1E-300, -1, 0]",
      '{"a":{"a":1}}',
    )
    eachIs(
      "jsonb",
      String.raw`["\u00e9\ud83e\udd86\\u0000"]`,
      String.raw`{"\"":":"}`,
      '["a:b", "{", "-0", "1e999"]',
    )
    eachIs(
      "text",
      '{"a":1,"a":2}',
      String.raw`{"a":1,"\u0061":2}`,
      '[{"b":{"a":1,"a":1}}]',
      '{"__proto__":1,"__proto__":2}',
    )
    eachIs(
      "text",
      String.raw`["\u0000"]`,
      String.raw`["\ud800"]`,
      String.raw`{"\udc00":1}`,
      String.raw`["\u0000\u00e9"]`,
    )
    eachIs(
      "text",
      "[-0]",
      "[-0.0]",
      "[-0e5]",
      "[1e400]",
      "[1e-400]",
      `[${"1".repeat(2000)}]`,
      "[1e99999999999999999999]",
    )
    eachIs(
      "text",
      "{",
      "[1,]",
      "{a:1}",
      "{'a':1}",
      "[01]",
      "[+1]",
      "[.5]",
      "[NaN]",
      "[1] [2]",
      "[1]]",
      "[\u0001]",
      "[\u00a01]",
    )
    eachIs(
      "text",
      '"a"',
      "null",
      "[1] ",
      '["a]',
      String.raw`["\x"]`,
      '["\t"]',
      "[1}",
      "[tru]",
      String.raw`["a\"]`,
    )
    eachIs("jsonb", "[".repeat(256) + "]".repeat(256))
    eachIs("text", "[".repeat(257) + "]".repeat(257), "[".repeat(1_000_000))
    allAre("text", ["{}", "1"], ["1", "{}"])
  })
})

describe("observing", () => {
  it.prop(
    "comes to the same however the rows are put into batches and ordered",
    [Arbitrary.array(Arbitrary.all([anyValue, anyValue]), { minLength: 1, maxLength: 12 })],
    ([rows]) => {
      const types = typesOfRows(rows)
      for (const size of [1, 2, 5]) assert.deepStrictEqual(typesOfRows(rows, size), types)
      assert.deepStrictEqual(typesOfRows(rows.toReversed()), types)
    },
    { arbitrary: { runs: 500 } },
  )

  it("reads a batch that begins in the middle of its buffer", () => {
    const batch = batchOf([["12"], ["13"]])
    const buffer = new Uint8Array(batch.length + 7)
    buffer.set(batch, 5)
    const types = new ColumnTypes(1)
    types.observe(buffer.subarray(5, 5 + batch.length))
    assert.deepStrictEqual(types.types(), ["bigint"])
  })
})
