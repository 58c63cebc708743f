import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"
import { loadOptionsPlugin } from "./loadOptionsPlugin.ts"

/** How `src/Page` becomes the files that the API serves. */
export default defineConfig({
  root: fileURLToPath(new URL("../../src/Page/", import.meta.url)),
  // Relative, so that the page works below a path of a proxy.
  base: "./",
  publicDir: false,
  plugins: [loadOptionsPlugin],
  build: {
    assetsDir: "page",
    emptyOutDir: true,
    // The policy of the page forbids images and fonts in `data:` URLs of scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: "licences.md" },
  },
})
