/**
 * `npm run test:guards [-- TEXT…]`: opens each guard, or those whose names contain a text, in a copy of this repository of its
 * own, and runs the guard's test there. Fails if a test passes although its guard is open: then nothing tests it.
 */
import * as Schema from "effect/Schema"
import { spawnSync } from "node:child_process"
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import process from "node:process"
import type { Guard } from "./Guard.ts"
import { guards } from "./guards.ts"

const root = resolve(import.meta.dirname, "../../..")
const copied = ["src", "test", "scripts", "deploy", "docs", "package.json", "package-lock.json"]

const decodeReport = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      testResults: Schema.Array(
        Schema.Struct({
          name: Schema.String,
          message: Schema.String,
          assertionResults: Schema.Array(Schema.Struct({ status: Schema.String })),
        }),
      ),
    }),
  ),
)

/** A copy of the repository in which the guard is open. */
const openIn = (copy: string, { file, open, text }: Guard): void => {
  mkdirSync(copy)
  for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
  const path = join(copy, "src", file)
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace(text, () => open),
  )
}

/** Runs the tests of open guards. Returns how many of their guards are not tested. A single one has its copy as the working directory. */
const runOpen = (parent: string, open: ReadonlyArray<Guard>): number => {
  const folder = open.length === 1 ? join(parent, "0") : parent
  const copyOf = (index: number): string => (open.length === 1 ? "." : String(index))
  mkdirSync(parent)
  chmodSync(parent, 0o755)
  for (const [index, guard] of open.entries()) openIn(join(parent, String(index)), guard)
  const settings = {
    pool: "threads",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: open.map(({ test }, index) => join(copyOf(index), test)),
    globalSetup: ["globalSetup.ts", "prepareRun.ts"].map((name) => join(copyOf(0), "test/support", name)),
  }
  writeFileSync(join(folder, "vitest.config.mjs"), `export default ${JSON.stringify({ test: settings })}`)
  if (open.length > 1) symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  const report = join(folder, "report.json")
  spawnSync("vitest", ["run", "--reporter=json", `--outputFile=${report}`], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  })
  const { testResults } = decodeReport(readFileSync(report, "utf8"))
  const untested = open.filter(({ name, test }, index) => {
    const result = testResults.find((each) => each.name.endsWith(join("/", String(index), test)))
    const statuses = result?.assertionResults.map(({ status }) => status) ?? []
    const failed = statuses.filter((status) => status === "failed").length
    process.stdout.write(
      `${failed > 0 ? "tested  " : "UNTESTED"} ${name}: ${failed} of ${statuses.length} cases of ${test} fail${
        statuses.length > 0 ? "" : ` (${result?.message ?? "not run"})`
      }\n`,
    )
    return failed === 0
  })
  return untested.length
}

const wanted = process.argv.slice(2)
const chosen = guards.filter(({ name }) => wanted.length === 0 || wanted.some((each) => name.includes(each)))
/**
 * A run migrates one database for all its tests, and a test that starts processes of the service starts those of the working
 * directory, so that such guards need runs of their own.
 */
const isAlone = ({ file, test }: Guard): boolean =>
  file.startsWith("Layers/database/migrations/") ||
  /TestService|ServiceProcess/.test(readFileSync(test, "utf8"))
const others = chosen.filter((guard) => !isAlone(guard))
const runs = [...(others.length > 0 ? [others] : []), ...chosen.filter(isAlone).map((guard) => [guard])]

const folder = mkdtempSync(join(tmpdir(), "sluice-guards-"))
chmodSync(folder, 0o755)
try {
  const untested = runs.map((open, index) => runOpen(join(folder, String(index)), open))
  process.exitCode = untested.every((count) => count === 0) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
