import { assert, it } from "@effect/vitest"
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

const root = join(import.meta.dirname, "../..")
const pages = globSync(["*.md", "docs/**/*.md", "bench/*.md", ".github/*.md"], { cwd: root })
const read = (page: string): string => readFileSync(join(root, page), "utf8")

/** Anchors as GitHub derives them from headings. */
const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set(
    [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  )

const linksOf = (page: string): ReadonlyArray<string> =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))

const isBroken = (page: string, target: string): boolean => {
  const [path = "", anchor] = target.split("#")
  const file = path === "" ? page : relative(root, join(root, dirname(page), path))
  if (!existsSync(join(root, file))) return true
  return anchor !== undefined && !anchorsOf(file).has(anchor)
}

it("every link between the documents leads to a file and a heading", () => {
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter((target) => isBroken(page, target))
      .map((target) => `${page}: ${target}`),
  )
  assert.deepStrictEqual(broken, [])
})

it("every file and folder that a document names exists", () => {
  const missing = pages
    .filter((page) => page !== "CHANGELOG.md")
    .flatMap((page) =>
      [...read(page).matchAll(/`((?:src|test|bench|scripts|docs)\/[\w./-]*)`/g)]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${page}: ${path}`),
    )
  assert.deepStrictEqual(missing, [])
})
