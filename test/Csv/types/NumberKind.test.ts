import { assert, describe, it } from "@effect/vitest"
import { columnsNot, valuesNot } from "./inferring.ts"

const bigger = "9".repeat(131_072)

describe("the type of a column", () => {
  it("is bigint for whole numbers that are printed as they are written, within 64 bits", () => {
    assert.isEmpty(
      valuesNot(
        "bigint",
        "0",
        "7",
        "-1",
        "999999999999999999",
        "9223372036854775807",
        "-9223372036854775808",
      ),
    )
    assert.isEmpty(
      valuesNot(
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
      ),
    )
  })

  it("is numeric for longer whole numbers, decimals, and both mixed", () => {
    assert.isEmpty(
      valuesNot(
        "numeric",
        "9223372036854775808",
        "-9223372036854775809",
        "1.0",
        "0.10",
        "-0.5",
        "12345678901234567.5",
      ),
    )
    assert.isEmpty(valuesNot("numeric", bigger, `-${bigger}`, `${bigger}.5`, `0.${"3".repeat(16_383)}`))
    assert.isEmpty(valuesNot("text", `1${bigger}`, `1${bigger}.5`, `0.${"3".repeat(16_384)}`))
    assert.isEmpty(
      valuesNot(
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
      ),
    )
    assert.isEmpty(columnsNot("numeric", ["1", "2.50"], ["2.50", "1"], ["1", "9223372036854775808"]))
  })

  it("is double precision where there is an exponent and all is printed by a double as it is written", () => {
    assert.isEmpty(
      valuesNot(
        "double precision",
        "1e-07",
        "1.5e-07",
        "-1.5e+300",
        "1e+15",
        "5e-324",
        "2.2250738585072014e-308",
      ),
    )
    assert.isEmpty(valuesNot("double precision", "1.7976931348623157e+308", "NaN", "Infinity", "-Infinity"))
    assert.isEmpty(
      valuesNot(
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
      ),
    )
    assert.isEmpty(
      valuesNot(
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
      ),
    )
    assert.isEmpty(
      columnsNot(
        "double precision",
        ["1", "0.1", "1e-07"],
        ["1e-07", "100000000000000"],
        ["1.5", "NaN"],
        ["-0", "1e-05"],
      ),
    )
    assert.isEmpty(
      columnsNot("double precision", ["0.30000000000000004", "1e-07"], ["1e-07", "-73.98215484619139"]),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        ["1.50", "1e-07"],
        ["1e-07", "1.0"],
        ["1e-07", "1000000000000000"],
        ["0.00001", "1e-07"],
      ),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        ["1e-07", "0.1000000000000000055"],
        ["0.10000000000000001", "1e-07"],
        ["-0", "1"],
        ["-0.0", "1e-05"],
      ),
    )
    assert.isEmpty(columnsNot("numeric", ["0.30000000000000004", "1.50"], ["0.00001", "1"]))
  })
})
