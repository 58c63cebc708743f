import { assert, it } from "@effect/vitest"
import { invalidJson } from "../../../../src/Domain/load/options/invalidJson.ts"

const cases: ReadonlyArray<readonly [text: string, problem: string]> = [
  ['{"a": "x\ty"}', String.raw`the tab at character 9 must be written \t in a text`],
  ['{"a":\n"x\ny"}', String.raw`the line break at character 3 of line 2 must be written \n in a text`],
  ['{"a": x}', '"x" at character 7 cannot be there'],
  ["{'a': 1}", '"\'" at character 2 cannot be there'],
  ['{"a" 1}', '"1" at character 6 cannot be there'],
  ['{"a": 1,}', '"}" at character 9 cannot be there'],
  ['{"a": 1}}', '"}" at character 9 cannot be there'],
  ['["a", "b"', "it ends too early, after character 9"],
  ['{"a": "x', "it ends too early, after character 8"],
  ['{"a": tru', "it ends too early, after character 9"],
  ['{"a":', "it ends too early, after character 5"],
  ["[01]", '"1" at character 3 cannot be there'],
  ["[1.]", '"]" at character 4 cannot be there'],
  ["[-", "it ends too early, after character 2"],
  [String.raw`["\x"]`, '"x" at character 4 cannot be there'],
  [String.raw`["\u00g0"]`, '"g" at character 7 cannot be there'],
  [String.raw`["\u00`, "it ends too early, after character 6"],
  ['[{"a": [1, {"b": }]}]', '"}" at character 18 cannot be there'],
  ["[1e]", '"]" at character 4 cannot be there'],
  ["[1.", "it ends too early, after character 3"],
]

it.each(cases)("%j is refused with the place of its first error", (text, problem) => {
  assert.strictEqual(invalidJson(text), `not valid JSON: ${problem}`)
})

it("the place of an error is found in a long text", () => {
  const text = `[${'"a", '.repeat(500)}x]`
  assert.strictEqual(invalidJson(text), 'not valid JSON: "x" at character 2502 cannot be there')
})

it("valid JSON is not refused", () => {
  for (const text of ["{}", ' {"a": [1, -0.5e3, true, null, "\\u00e9\\n"]} ', '"[n/a]"'])
    assert.isUndefined(invalidJson(text))
})
