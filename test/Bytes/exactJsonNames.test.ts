import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Names of which many begin alike when they are written as JSON. */
const name = Arbitrary.map(
  Arbitrary.array(
    Arbitrary.map(
      Arbitrary.schema(Schema.Natural),
      (n) => ["\\", "\t", '"', "\n", "t", "u", "0", "\u0000", "\u2028", "é", "a"][n % 11]!,
    ),
    { maxLength: 3 },
  ),
  (parts) => parts.join(""),
)
const names = Arbitrary.map(Arbitrary.array(name, { minLength: 1, maxLength: 4 }), (all) => [...new Set(all)])

/** The names of an object in their order, which follows from the order in the text except for numbers. */
const inOrder = (all: ReadonlyArray<string>) => Object.keys(Object.fromEntries(all.map((each) => [each, 0])))

describe("the names in JSON", () => {
  it.effect.prop(
    "are those of the text, whatever was parsed before",
    { names },
    ({ names: all }) =>
      Effect.sync(() => {
        const object = Object.fromEntries(all.map((each, at) => [each, { [each]: at }]))
        const read: unknown = JSON.parse(JSON.stringify([object]))
        assert.strictEqual(JSON.stringify(read), JSON.stringify([object]))
        assert.deepStrictEqual(Object.keys((read as [object])[0]), inOrder(all))
      }),
    { arbitrary: { runs: 2_000 } },
  )

  it("are given to a reviver as the text has them, with the values below them", () => {
    JSON.parse(String.raw`{"first":0,"\\":0}`)
    const seen: Array<unknown> = []
    const read: unknown = JSON.parse(String.raw`{"first":0,"\t":{"\n":"\\"}}`, (key, value: unknown) => {
      seen.push([key, value])
      return value
    })
    const object = { first: 0, "\t": { "\n": "\\" } }
    assert.strictEqual(JSON.stringify(read), JSON.stringify(object))
    assert.deepStrictEqual(seen, [
      ["first", 0],
      ["\n", "\\"],
      ["\t", object["\t"]],
      ["", object],
    ])
  })

  for (const [kind, text, isJson] of [
    ["escapes in one string", `{"\\t":"${String.raw`\"`.repeat(2 ** 22)}"}`, true],
    ["escapes in one name", `{"${String.raw`\\`.repeat(2 ** 22)}":1}`, true],
    ["escapes in a string without an end", `{"p":"${String.raw`{\"k\":\"v\",`.repeat(2 ** 18)}`, false],
    ["objects in objects", `${String.raw`{"\t":`.repeat(2 ** 16)}1${"}".repeat(2 ** 16)}`, true],
    ["strings without an escape after one with", `["\\t"${',"a"'.repeat(2 ** 20)}]`, true],
  ] as const)
    it(`take linear time in a text of many ${kind}`, () => {
      if (isJson) assert.strictEqual(typeof JSON.parse(text), "object")
      else assert.throws(() => JSON.parse(text) as unknown, SyntaxError)
    })

  it("keep the last value of a name that is written twice, and never change the prototype", () => {
    const read = JSON.parse(String.raw`{"a":1,"\u0061":2,"\u005f_proto__":{"b":3}}`) as object
    assert.deepStrictEqual(Object.entries(read), [
      ["a", 2],
      ["__proto__", { b: 3 }],
    ])
    assert.strictEqual(Object.getPrototypeOf(read), Object.prototype)
  })

  for (const text of [
    String.raw`{"\q":1}`,
    String.raw`{"\t":1,}`,
    String.raw`"\t":`,
    '{"\\\n":1}',
    String.raw`{"\t:1}`,
  ])
    it(`are refused with the text itself if it is no JSON: ${text}`, () => {
      const message = (() => {
        try {
          return JSON.parse(text)
        } catch (error) {
          return error instanceof SyntaxError ? error.message : error
        }
      })()
      assert.match(String(message), /JSON/)
      assert.notMatch(String(message), /\d-\d+-\d/)
    })
})
