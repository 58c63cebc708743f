/** Builds the web page into `dist/page`, unless it is up to date: `npm run build:page`. */
import { rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "vite"
import { hashName, inputsHash, isUpToDate, pageFolder } from "../../src/Layers/page/pageBuild.ts"

/** Several processes may start at once: each builds into a folder of its own, and one of them is kept. */
const ownFolder = `${pageFolder}.${process.pid}`

const isTaken = (error: unknown): boolean =>
  error instanceof Error && "code" in error && ["ENOTEMPTY", "EEXIST"].includes(String(error.code))

if (!isUpToDate()) {
  const hash = inputsHash()
  // Vite takes it from the process, and React for development has twice the size.
  // @effect-diagnostics-next-line processEnv:off
  process.env["NODE_ENV"] = "production"
  try {
    await build({
      configFile: fileURLToPath(new URL("vite.config.ts", import.meta.url)),
      logLevel: "warn",
      build: { outDir: ownFolder },
    })
    await writeFile(join(ownFolder, hashName), hash)
    await rm(pageFolder, { recursive: true, force: true })
    await rename(ownFolder, pageFolder).catch((error: unknown) => {
      if (!isTaken(error)) throw error
    })
  } finally {
    await rm(ownFolder, { recursive: true, force: true })
  }
}
