import { assert, it } from "@effect/vitest"
import { findEscapes } from "../../../src/Csv/format/findEscapes.ts"

const escapesIn = (text: string, quote?: string) =>
  findEscapes({ bytes: Buffer.from(text), isWhole: true }, undefined, quote)

it("keeps backslashes as text where cells in apostrophes have the line breaks and delimiters after them", () => {
  const text = "n|path\n'1'|'a\\\n'\n'2'|'c\\|d'\n'3'|'e'\n"
  assert.isNull(escapesIn(text))
  assert.strictEqual(escapesIn(text.replaceAll("'", "")), "all")
})

it("keeps apostrophes as text where another quote is given", () => {
  assert.strictEqual(escapesIn("n|path\n1|it's a\\|b\n2|it's c\n", '"'), "all")
})
