import { assert, describe, it } from "@effect/vitest"
import { columnsNot, valuesNot } from "./inferring.ts"

describe("the type of a column", () => {
  it("is jsonb for objects and arrays that lose nothing", () => {
    assert.isEmpty(
      valuesNot(
        "jsonb",
        "{}",
        "[]",
        '{"a": 1, "b": [true, null, "x"]}',
        "[1.50, 1e300, 1E-300, -1, 0]",
        '{"a":{"a":1}}',
      ),
    )
    assert.isEmpty(
      valuesNot(
        "jsonb",
        String.raw`["\u00e9\ud83e\udd86\\u0000"]`,
        String.raw`{"\"":":"}`,
        '["a:b", "{", "-0", "1e999"]',
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        '{"a":1,"a":2}',
        String.raw`{"a":1,"\u0061":2}`,
        '[{"b":{"a":1,"a":1}}]',
        '{"__proto__":1,"__proto__":2}',
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        String.raw`["\u0000"]`,
        String.raw`["\ud800"]`,
        String.raw`{"\udc00":1}`,
        String.raw`["\u0000\u00e9"]`,
      ),
    )
    assert.isEmpty(
      valuesNot(
        "text",
        "[-0]",
        "[-0.0]",
        "[-0e5]",
        "[1e400]",
        "[1e-400]",
        `[${"1".repeat(2000)}]`,
        "[1e99999999999999999999]",
      ),
    )
    assert.isEmpty(
      valuesNot(
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
      ),
    )
    assert.isEmpty(
      valuesNot(
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
      ),
    )
    assert.isEmpty(valuesNot("jsonb", "[".repeat(256) + "]".repeat(256)))
    assert.isEmpty(valuesNot("text", "[".repeat(257) + "]".repeat(257), "[".repeat(1_000_000)))
    assert.isEmpty(columnsNot("text", ["{}", "1"], ["1", "{}"]))
  })
})
