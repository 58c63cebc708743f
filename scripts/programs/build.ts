/**
 * Bundles the programs into `dist/programs` of this project (`npm run build`) or of the folder that is its argument. Most of
 * the CPU time of a start from source resolves and reads 1,500 modules, and their sources stay in memory.
 *
 * Tests run it as a process, because the bundler keeps 600 MB.
 */
import { join, relative, sep } from "node:path"
import { build, type Plugin } from "vite"
import { bundlesFolder, programs } from "./programs.ts"

const root = join(import.meta.dirname, "../..")
const folder = process.argv[2] ?? root

/** Modules find files of the project from where their source is, or would be in an image or a package. */
const sourceUrls: Plugin = {
  name: "source-urls",
  transform: {
    filter: { id: `${root}/src/**`, code: "import.meta.url" },
    handler: (code, id) => {
      const source = relative(join(root, bundlesFolder), id).replaceAll(sep, "/")
      const url = `new URL(${JSON.stringify(source)}, import.meta.url).href`
      // The lines stay the same.
      return { code: code.replaceAll("import.meta.url", url), map: null }
    },
  },
}

await build({
  root,
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  plugins: [sourceUrls],
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: join(folder, bundlesFolder),
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    target: "node24",
    reportCompressedSize: false,
    license: { fileName: "licences.md" },
    rolldownOptions: {
      input: programs,
      output: {
        // In any folder, also one without a package.json.
        entryFileNames: "[name].mjs",
        chunkFileNames: "[name].mjs",
        sourcemapExcludeSources: true,
        comments: { jsdoc: false },
        // A chunk of its own is evaluated before all others, as every program imports it first.
        codeSplitting: { groups: [{ name: "exactJsonNames", test: /exactJsonNames/ }] },
      },
    },
  },
})
