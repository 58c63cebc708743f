import { assert, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { parseTargets } from "../../../src/Layers/process/settings/parseTargets.ts"

const parsed = (text: string) => {
  const targets = parseTargets(text)
  return targets === null ? null : Array.from(targets, ([name, url]) => [name, Redacted.value(url)])
}

it("databases are separated by commas or line breaks, and the hosts of one by commas too", () => {
  assert.deepStrictEqual(
    parsed("lake=postgres://u@h1,h2:5433/a?application_name=b,\nware-house=postgresql://h3/c\n"),
    [
      ["lake", "postgres://u@h1,h2:5433/a?application_name=b"],
      ["ware-house", "postgresql://h3/c"],
    ],
  )
})

it("a name that is missing, twice, default or of other characters is refused, and a value that is no URL", () => {
  for (const text of [
    "",
    "postgres://h/a",
    "=postgres://h/a",
    "lake=",
    "lake=h/a",
    "Lake=postgres://h/a",
    "default=postgres://h/a",
    "lake=postgres://h/a,lake=postgres://h/b",
    "lake=postgres://h/a,1b=postgres://h/b",
    "lake=postgres://h/a;other=postgres://h/b",
  ])
    assert.isNull(parsed(text), text)
})
