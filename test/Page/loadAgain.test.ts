import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { describedOption } from "../../src/Domain/load/options/LoadOption.ts"
import { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { formOf, headersIn, optionsIn, queryOf } from "../../src/Page/options/LoadForm.ts"
import { secretOptions, writtenOptions } from "../../src/Page/options/writtenOptions.ts"

const decode = Schema.decodeUnknownSync(LoadOptions)

/** What the service reads when a job with these options is loaded again from its preview. */
const loadedAgain = (options: LoadOptions): LoadOptions => {
  const shown = JSON.parse(JSON.stringify(Schema.encodeSync(LoadOptions)(options)))
  const link = queryOf({}, writtenOptions(shown)).toString()
  const form = formOf("http://localhost/a.csv", optionsIn(new URLSearchParams(link)))
  form.delete("fileUrl")
  const fields = [...new Set(form.keys())].map((name) => {
    const values = form.getAll(name)
    return [name, values.length === 1 ? values[0] : values]
  })
  return decode(Object.fromEntries(fields))
}

describe("a job that is loaded again", () => {
  const examples = Object.entries(LoadOptions.fields)
    .filter(([name]) => name !== "headers")
    .flatMap(([name, { ast }]) =>
      (describedOption(ast)?.examples ?? []).map((example) => ({ types: "lenient", [name]: example })),
    )

  it("has the options of the job, for all examples of options", () => {
    assert.isAbove(examples.length, 30)
    for (const example of examples) {
      const options = decode(example)
      assert.deepStrictEqual(loadedAgain(options), options)
    }
  })

  it.each([
    { nullValues: [] },
    { nullValues: ["NA", " ", "", "[null]", "a\nb"] },
    { key: ["Code, old"] },
    { primaryKey: ["year", "code"] },
    { index: [] },
    { index: [["Code, old", "year"], ["[name]"]] },
    { delimiter: null, quote: null, comment: null },
    { delimiter: "\t", escape: "\\" },
    { tableName: "[a]" },
  ])("has the options of the job: %j", (given) => {
    const options = decode(given)
    assert.deepStrictEqual(loadedAgain(options), options)
  })

  it("has a list that was written in lines", () => {
    assert.deepStrictEqual(formOf("", { nullValues: "NA\n\n[null]\n-" }).getAll("nullValues"), [
      "NA",
      "[null]",
      "-",
    ])
    assert.deepStrictEqual(headersIn({ headers: "Accept: text/csv\nA: [b]" }), ["Accept: text/csv", "A: [b]"])
  })

  it("has no options whose secrets are not shown, and they can be named", () => {
    const options = { headers: { a: "***" }, callbackUrl: "http://localhost/***", tableName: "a" }
    assert.deepStrictEqual(writtenOptions(options), { tableName: "a" })
    assert.deepStrictEqual(secretOptions(options), ["headers", "callbackUrl"])
    assert.deepStrictEqual(secretOptions({ callbackUrl: "http://localhost/hook" }), [])
  })
})
