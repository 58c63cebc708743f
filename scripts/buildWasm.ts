import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/**
 * Compiles the scanner's WebAssembly module (src/Csv/scan/vector/assembly, AssemblyScript) and writes it, as base64,
 * into src/Csv/scan/vector/Compiled.ts. Only who changes the module needs this; the compiler is fetched for the
 * purpose, because with its optimizer it weighs a hundred megabytes.
 */
const compiler = "assemblyscript@0.28.20"
const folder = new URL("../src/Csv/scan/vector/", import.meta.url)
const sources = ["memory.ts", "scan.ts", "text.ts"]

/** Tells whether Compiled.ts belongs to the sources as they are. */
export const sourceHash = (): string => {
  const hash = createHash("sha256").update(compiler)
  for (const name of sources) hash.update(readFileSync(new URL(`assembly/${name}`, folder)))
  return hash.digest("hex")
}

const compile = (): Buffer => {
  const output = mkdtempSync(join(tmpdir(), "wasm-"))
  try {
    const file = join(output, "scan.wasm")
    const memory = ["--initialMemory", "8", "--maximumMemory", "8"]
    const options = ["-O3", "--converge", "--noAssert", "--runtime", "stub", "--enable", "simd", ...memory]
    execFileSync(
      "npm",
      ["exec", "--yes", `--package=${compiler}`, "--", "asc", "scan.ts", ...options, "-o", file],
      { cwd: new URL("assembly/", folder), stdio: "inherit" },
    )
    return readFileSync(file)
  } finally {
    rmSync(output, { recursive: true })
  }
}

if (import.meta.main) {
  writeFileSync(
    new URL("Compiled.ts", folder),
    `/** SHA-256 of the compiler's name and the sources. Made by \`npm run build:wasm\`, as all of this file. */
export const compiledFrom = "${sourceHash()}"
/** The module, in base64. */
export const compiled =
  "${compile().toString("base64")}"
`,
  )
}
