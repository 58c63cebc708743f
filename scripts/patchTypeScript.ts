/**
 * Replaces the TypeScript compiler with the build that also checks Effect's rules, on the platform whose package the
 * lockfile has. On others `tsc` stays plain, and CI checks the rules.
 */
import { copyFileSync, existsSync, readFileSync, renameSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const require = createRequire(import.meta.url)
const platform = `${process.platform}-${process.arch}`

const folderOf = (name: string): string | null => {
  try {
    return dirname(require.resolve(`${name}/package.json`))
  } catch {
    return null
  }
}

const checking = folderOf(`@effect/tsgo-${platform}`)
if (checking === null) {
  console.warn(`No Effect checks on ${platform}: @effect/tsgo-${platform} is not installed.`)
} else {
  const { version }: { readonly version: string } = require("typescript/package.json")
  const compiler = join(checking, "artifacts/typescript", version, "tsc")
  // Fails when an update of one package leaves the other behind.
  if (!existsSync(compiler))
    throw new Error(`@effect/tsgo-${platform} has no compiler for TypeScript ${version}`)
  const plain = join(dirname(require.resolve(`@typescript/typescript-${platform}/package.json`)), "lib/tsc")
  if (!readFileSync(plain).equals(readFileSync(compiler))) {
    // A compiler that runs at the same moment keeps its file.
    copyFileSync(compiler, `${plain}.draft`)
    renameSync(`${plain}.draft`, plain)
  }
}
