import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { mayImport } from "../../oxlint.config.ts"

const architecture = readFileSync(join(import.meta.dirname, "../../docs/architecture.md"), "utf8")

it("the table in docs/architecture.md has the import directions that are enforced", () => {
  const documented: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ...architecture.matchAll(/^\| `([\w/]+)` +\| (nothing|`[^|]+`) +\|$/gm),
  ].map(([, folder = "", imports = ""]) => [folder, imports.match(/[\w/]+(?=`)/g) ?? []])
  assert.deepStrictEqual(documented, Object.entries(mayImport))
})
