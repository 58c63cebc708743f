import { existsSync, readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"

it("the tests that docs/security.md names exist", () => {
  const named = readFileSync("docs/security.md", "utf8").match(/(?<=`)test\/[^`]+(?=`)/g) ?? []
  assert.isAbove(named.length, 9)
  for (const path of named) assert.isTrue(existsSync(path), path)
})
