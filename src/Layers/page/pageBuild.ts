import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Where the built page is. */
export const pageFolder = fromHere("../../../dist/page")

/** Builds the page. Only a clone has it; packages and images have a built page. */
export const buildScript = fromHere("../../../scripts/page/build.ts")

const root = fromHere("../../../")

/** Everything that the built page depends on. The lock file has the versions of its libraries. */
const inputs = [
  "src/Page",
  "src/Domain/load",
  "scripts/page",
  "fileserver/files_to_serve/tripsdata.csv",
  "package-lock.json",
]

/** A file of the built page, with the hash of what it was built from. */
export const hashName = "inputs.sha256"

const filesOf = (input: string): ReadonlyArray<string> =>
  /\.\w+$/.test(input)
    ? [input]
    : readdirSync(join(root, input), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name, parentPath }) => join(parentPath, name).slice(root.length))
        .toSorted()

/** The hash of all sources of the page, with their names. Takes some milliseconds. */
export const inputsHash = (): string => {
  const hash = createHash("sha256")
  for (const file of inputs.flatMap(filesOf)) {
    const content = readFileSync(join(root, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest("hex")
}

/** Whether the built page is that of the present sources. */
export const isUpToDate = (): boolean => {
  const file = join(pageFolder, hashName)
  return existsSync(file) && readFileSync(file, "utf8") === inputsHash()
}
