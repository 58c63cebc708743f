import { assert, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { mayImport } from "../../scripts/importDirections.ts"

const architecture = readFileSync(join(import.meta.dirname, "../../docs/architecture.md"), "utf8")

it("the table in docs/architecture.md has the import directions that are enforced", () => {
  const documented: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ...architecture.matchAll(/^\| `([\w/]+)` +\| (nothing|`[^|]+`) +\|$/gm),
  ].map(([, folder = "", imports = ""]) => [folder, imports.match(/[\w/]+(?=`)/g) ?? []])
  assert.deepStrictEqual(documented, Object.entries(mayImport))
})

it("git ignores no file of the program", ({ skip }) => {
  const root = join(import.meta.dirname, "../..")
  skip(!existsSync(join(root, ".git")), "this is no checkout of the repository")
  const ignored = execFileSync(
    "git",
    [
      "-c",
      "safe.directory=*",
      "ls-files",
      "--others",
      "--ignored",
      "--exclude-standard",
      "src",
      "test",
      "scripts",
    ],
    { cwd: root, encoding: "utf8" },
  )
  assert.strictEqual(ignored, "")
})
