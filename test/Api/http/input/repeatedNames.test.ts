import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { repeatedNames } from "../../../../src/Api/http/input/repeatedNames.ts"

describe("repeatedNames", () => {
  it("finds the repeated names of the object itself, also with escapes", () => {
    assert.deepStrictEqual(repeatedNames('{"a":1,"b":2,"a":3,"a":4}'), ["a"])
    assert.deepStrictEqual(repeatedNames('{"a":1,"\\u0061" : 2}'), ["a"])
    assert.deepStrictEqual(repeatedNames('{"":1,"":[],"b\\"":"x","b\\"":{}}'), ["", 'b"'])
  })

  it("ignores names in nested values and in strings", () => {
    assert.deepStrictEqual(
      repeatedNames('{"a":{"a":1,"a":2},"b":["a",{"b":3}],"c":"\\"a\\":1,{\\"a\\":"}'),
      [],
    )
    for (const text of ["{}", "[]", "null", '"a:a"', "3"]) assert.deepStrictEqual(repeatedNames(text), [])
  })

  it.prop(
    "finds none in the output of JSON.stringify",
    { value: Schema.Record(Schema.String, Schema.Json) },
    ({ value }) => {
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)])
        assert.deepStrictEqual(repeatedNames(text), [])
    },
  )
})
