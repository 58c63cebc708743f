import { assert, it } from "@effect/vitest"
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs"
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

it("no document has the marks of a merge conflict, as git writes or as the formatter changes them", () => {
  assert.deepStrictEqual(
    pages.filter((page) => /^(?:<{7}|={7}$|(?:> ?){7})/m.test(read(page))),
    [],
  )
})

it("docs/README.md lists every page and every decision", () => {
  const listed = new Set(linksOf("docs/README.md"))
  const here = globSync(["*.md", "decisions/*.md"], { cwd: join(root, "docs") })
  assert.deepStrictEqual(
    here.filter((page) => page !== "README.md" && !listed.has(page)),
    [],
  )
})

it("decisions are numbered without gaps", () => {
  const numbers = readdirSync(join(root, "docs/decisions"))
    .map((name) => Number(name.slice(0, 4)))
    .toSorted((a, b) => a - b)
  assert.deepStrictEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  )
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
