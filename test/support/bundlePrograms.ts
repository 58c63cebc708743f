/**
 * Bundles the programs that tests start into the folder of its argument. Most of the CPU time of a start from source resolves and
 * reads 1,500 modules: a worker takes 2 s from source and 0.9 s from its bundle.
 *
 * A process of its own, because the bundler keeps 600 MB.
 */
import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { build, type Plugin } from "vite"
import { programs } from "./programFile.ts"

const folder = process.argv[2]!
const root = join(import.meta.dirname, "../..")

/** Modules find files of the project from where their source is. */
const sourceUrls: Plugin = {
  name: "source-urls",
  transform: {
    filter: { id: `${root}/src/**`, code: "import.meta.url" },
    handler: (code, id) => code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href)),
  },
}

await mkdir(folder)
// For files of packages: Swagger UI, and the binaries of Postgres.
await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction")
await build({
  root,
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  plugins: [sourceUrls],
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: folder,
    emptyOutDir: false,
    minify: false,
    target: "node24",
    reportCompressedSize: false,
    rolldownOptions: {
      input: Object.fromEntries(programs.map((program) => [program, program])),
      output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
    },
  },
})
