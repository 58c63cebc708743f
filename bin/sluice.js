#!/usr/bin/env node
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import module, { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url))

// A package has compiled files, because Node strips no types below node_modules. A clone has none.
const compiled = pathOf("../dist/src/Cli/main.js")
/** The Node that `npm ci` installs beside the packages. */
const ownNode = pathOf("../node_modules/node/bin/node")

if (existsSync(compiled)) await import(compiled)
else if (Number.parseInt(process.versions.node) < 24 && existsSync(ownNode)) {
  const { status } = spawnSync(ownNode, process.argv.slice(1), { stdio: "inherit" })
  process.exit(status ?? 130)
} else {
  createRequire(import.meta.url)("../scripts/checkInstall.cjs")
  // Compiling takes most of the time of a short command.
  module.enableCompileCache()
  await import(pathOf("../src/Cli/main.ts"))
}
