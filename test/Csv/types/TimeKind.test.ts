import { assert, describe, it } from "@effect/vitest"
import { columnsNot, valuesNot } from "./inferring.ts"

/** The same minute, each with one of the ends. */
const at = (...ends: ReadonlyArray<string>) => ends.map((end) => `2024-01-01 12:30${end}`)
/** The same second, each with one of the offsets. */
const zoned = (...offsets: ReadonlyArray<string>) => at(...offsets.map((offset) => `:00${offset}`))

describe("the type of a column", () => {
  it("is date for days of the calendar, the year first", () => {
    assert.isEmpty(
      valuesNot("date", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2023-12-31", "1582-10-10"),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        "2023-02-29",
        "1900-02-29",
        "2024-04-31",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-01-32",
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        "0000-01-01",
        "10000-01-01",
        "24-01-01",
        "2024-1-1",
        "2024/01/01",
        "01-02-2024",
        "2024-01-01x",
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        "infinity",
        "today",
        "2024-01",
        "20240101x",
        "2024-01-01 BC",
        "-2024-01-01",
        "J2451187",
      ),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        ["2024-01-01", "01/02/2024"],
        ["2024-01-01", "2024-01-01 00:00:00"],
        ["2024-01-01", "2024"],
      ),
    )
  })

  it("is timestamp for dates with times that are written one way", () => {
    assert.isEmpty(
      valuesNot(
        "timestamp",
        "2024-01-01 00:00:00",
        "2024-01-01T23:59:59",
        "2024-01-01 12:30",
        "2024-01-01 12:30:00.123456",
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        "2024-01-01 24:00:00",
        "2024-01-01 12:60:00",
        "2024-01-01 12:30:60",
        "2024-02-30 12:30:00",
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        "2024-01-01 12",
        "2024-01-01  12:30:00",
        "2024-01-01t12:30:00",
        "2024-01-01 12:30:00.",
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        "2024-01-01 12:30:00.1234567",
        "2024-01-01 12:30:00,5",
        "2024-01-01 1:30:00",
        "2024-01-01 12:30:",
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        "2024-01-01 12:30.5",
        "2024-01-01 12:30:5",
        "2024-01-01 12:30 PM",
        "2024-01-01 ",
        "2024-01-01T12:3",
      ),
    )
    assert.isEmpty(
      columnsNot(
        "timestamp",
        at(":00.10", ":00.00", ":00.12"),
        at(":00.1", ":00", ":00.123456"),
        at(":00", ":00.120", ":00.123"),
      ),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        at(":00.10", ":00.1"),
        at(":00.10", ":00.1", ":00"),
        at(":00", ":00.000"),
        at("", ":00"),
      ),
    )
    assert.isEmpty(columnsNot("text", ["2024-01-01 12:30:00", "2024-01-01T12:30:00"]))
  })

  it("is timestamptz for times with the same offset throughout", () => {
    assert.isEmpty(
      columnsNot(
        "timestamptz",
        zoned("Z"),
        zoned("+00"),
        zoned("+0000"),
        zoned("-05:30"),
        zoned("+14:00", "+14:00"),
        zoned(".5Z", ".25Z"),
      ),
    )
    assert.isEmpty(valuesNot("timestamptz", "0001-01-01 00:00:00+14", "2024-01-01 12:30Z"))
    assert.isEmpty(
      columnsNot(
        "text",
        zoned("Z", "+00"),
        zoned("+00", "-00"),
        zoned("+02:00", "+01:00"),
        zoned("+02", "+02:00"),
        zoned("Z", ""),
      ),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        zoned("+15:00"),
        zoned("+02:60"),
        zoned("+2"),
        zoned("+020"),
        zoned("+02:0"),
        zoned("+02:00:00"),
        zoned("z"),
        zoned(" Z"),
      ),
    )
    assert.isEmpty(
      columnsNot(
        "text",
        zoned(" UTC"),
        zoned("+"),
        zoned("ZZ"),
        zoned("+ab"),
        zoned("+02-00"),
        zoned("Z BC"),
      ),
    )
  })
})
