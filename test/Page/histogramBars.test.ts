import { assert, describe, it } from "@effect/vitest"
import { histogramBars } from "../../src/Page/screens/tables/histogramBars.ts"

const width = 1 / 160

describe("the histogram of a column", () => {
  it.each([
    ["integer", ["0", "1", "2"]],
    ["numeric(5,2)", ["-1.5", "0", "1.5"]],
    ["date", ["2020-05-18", "2020-05-19", "2020-05-20"]],
    ["timestamp without time zone", ["2020-05-18 00:00:00", "2020-05-18 06:00:00", "2020-05-18 12:00:00"]],
    [
      "timestamp with time zone",
      ["2020-05-18 06:00:00.25+00", "2020-05-18 11:30:01.25+05:30", "2020-05-18 05:00:02.25-01"],
    ],
    ["time without time zone", ["00:00:00", "12:00:00", "24:00:00"]],
  ])("has bars of one height for equal distances of %s", (type, bounds) => {
    assert.deepStrictEqual(histogramBars(type, bounds, width), [
      { from: 0, to: 0.5, height: 1 },
      { from: 0.5, to: 1, height: 1 },
    ])
  })

  it("has a lower bar where values are further apart, and a highest one where they are the same", () => {
    const bars = histogramBars("bigint", ["0", "0", "1", "4"], width)
    assert.deepStrictEqual(
      bars?.map(({ height }) => Math.round(height * 1000) / 1000),
      [1, 0.025, 0.008],
    )
  })

  it.each([
    ["text", ["1", "10", "9"]],
    ["text", ["2020-05-18", "2020-05-19", "2020-05-20"]],
    ["uuid", ["1", "2", "3"]],
    ["integer", ["1", "10", "9"]],
    ["integer", ["1", "1", "1"]],
    ["integer", []],
    ["double precision", ["1", "2", "Infinity"]],
    ["date", ["2020-05-18", "2020-05-19", "infinity"]],
    ["date", ["0044-03-15 BC", "2020-05-18", "2020-05-19"]],
  ])("is not drawn for %s with the bounds %j", (type, bounds) =>
    assert.isNull(histogramBars(type, bounds, width)),
  )
})
