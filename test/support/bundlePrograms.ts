import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { build, type Plugin } from "vite"
import { programs } from "./programFile.ts"

const root = join(import.meta.dirname, "../..")

/** Modules find files of the project from where their source is. */
const sourceUrls: Plugin = {
  name: "source-urls",
  transform: {
    filter: { id: `${root}/src/**`, code: "import.meta.url" },
    handler: (code, id) => code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href)),
  },
}

/**
 * Bundles the programs, because most of the CPU time of a start from source resolves and reads 1,500 modules: a worker takes 2 s
 * from source and 0.9 s from its bundle.
 */
export const bundlePrograms = async (folder: string): Promise<void> => {
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
  Object.assign(process.env, { BUNDLED_PROGRAMS: folder })
}
