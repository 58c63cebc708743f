import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { DateFormat } from "../../../../src/Domain/load/options/DateFormat.ts"

const isValid = (format: string): boolean => Exit.isSuccess(Schema.decodeExit(DateFormat)(format))

describe("a date format", () => {
  it.each(["YYYY-DD-MM", "yyyy-dd-mm hh24:mi", 'YYYY"-"DD"-"MM'])(
    "cannot be %s, which ISO 8601 reads otherwise",
    (format) => {
      assert.isFalse(isValid(format))
    },
  )

  it.each(["YYYY-MM-DD", "YYYY/DD/MM", "DD-MM-YYYY", "YY-DD-MM", "YYYY-DD-Mon"])("can be %s", (format) => {
    assert.isTrue(isValid(format))
  })
})
