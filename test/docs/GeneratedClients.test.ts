import { execFile } from "node:child_process"
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { serveOnPort } from "../support/ApiServer.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const page = readFileSync("docs/api.md", "utf8")

/** The TypeScript example of docs/api.md that imports this module. */
const exampleWith = (imported: string): string => {
  const examples = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ""]) => code)
  return (
    examples.find((code) => code.includes(`from "${imported}"`)) ?? assert.fail(`no example with ${imported}`)
  )
}

const bin = (name: string): string => resolve("node_modules/.bin", name)
const env = { ...process.env, NODE_OPTIONS: `--import ${resolve("test/support/typescript5.ts")}` }

/** A folder with both clients generated from docs/openapi.json, and the examples of docs/api.md. */
const generated = Effect.tap(temporaryFolder, (cwd) =>
  Effect.promise(() => {
    const run = promisify(execFile)
    symlinkSync(resolve("node_modules"), join(cwd, "node_modules"))
    cpSync("docs/openapi.json", join(cwd, "openapi.json"))
    writeFileSync(join(cwd, "package.json"), JSON.stringify({ type: "module" }))
    writeFileSync(join(cwd, "openapiFetch.ts"), exampleWith("openapi-fetch"))
    writeFileSync(join(cwd, "heyApi.ts"), exampleWith("./hey-api/client/index.js"))
    return Promise.all([
      run(bin("openapi-typescript"), ["openapi.json", "-o", "schema.d.ts"], { cwd, env }),
      run(bin("openapi-ts"), ["-i", "openapi.json", "-o", "hey-api", "--no-log-file"], { cwd, env }),
    ])
  }),
)

/** Options that the examples are checked with, besides --strict. */
const compilerOptions =
  "--strict --noEmit --skipLibCheck --target es2022 --module nodenext --allowImportingTsExtensions".split(" ")

describe("clients generated from docs/openapi.json", () => {
  it.live("type-check with the examples of docs/api.md, which create a job and follow it", () =>
    Effect.gen(function* () {
      const cwd = yield* generated
      const files = ["openapiFetch.ts", "heyApi.ts"]
      yield* Effect.promise(() => promisify(execFile)(bin("tsc"), [...compilerOptions, ...files], { cwd }))
      const baseUrl = yield* serveOnPort(JobsMemory.layer)
      for (const file of files) {
        const client: { load: (baseUrl: string, fileUrl: string) => Promise<string> } = yield* Effect.promise(
          () => import(join(cwd, file)),
        )
        const load = (fileUrl: string) => Effect.promise(() => client.load(baseUrl, fileUrl))
        assert.match(yield* load("http://localhost:8000/tripsdata.csv"), /^tripsdata_\d+(_2)? is created$/)
        assert.strictEqual(yield* load("ftp://example.org/trips.csv"), "invalid_request")
      }
    }),
  )
})
