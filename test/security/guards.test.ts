import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { guards } from "./guards/guards.ts"

/** `npm run test:guards` opens the guards and shows that their tests fail then. */
describe("the table of guards", () => {
  it.each(guards)("has the place and the test of $name", ({ file, test, text }) => {
    assert.strictEqual(readFileSync(`src/${file}`, "utf8").split(text).length - 1, 1, file)
    assert.isTrue(existsSync(test), test)
  })

  it("has each name once", () =>
    assert.strictEqual(new Set(guards.map(({ name }) => name)).size, guards.length))
})
