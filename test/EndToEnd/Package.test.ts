import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import manifest from "../../package.json" with { type: "json" }
import { makePackage } from "../../scripts/programs/package.ts"
import { bundleOf, bundlesFolder, installedPackages } from "../../scripts/programs/programs.ts"
import { bundlesOfRun } from "../support/programFile.ts"
import { inheritedEnvironment } from "../support/inheritedEnvironment.ts"
import { environment, startApi } from "../support/ServiceProcess.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

const root = join(import.meta.dirname, "../..")
const bundles = bundlesOfRun() ?? root

const get = (url: string) =>
  HttpClient.execute(HttpClientRequest.get(url, { accept: "text/html" })).pipe(
    Effect.flatMap(({ status, text }) => Effect.map(text, (body) => ({ status, body }))),
    Effect.provide(FetchHttpClient.layer),
  )

it.live("programs run in a folder with nothing but bundles, the page and the installed packages", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    yield* Effect.promise(() => makePackage(bundles, folder))
    mkdirSync(join(folder, "node_modules"))
    for (const name of installedPackages)
      symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction")
    const database = environment((yield* TestDatabase).url)
    const run = (...arguments_: ReadonlyArray<string>) =>
      spawnSync(process.execPath, arguments_, {
        cwd: folder,
        env: { ...inheritedEnvironment(), ...database },
        encoding: "utf8",
      })
    assert.deepInclude(run("bin/sluice.js", "--version"), {
      status: 0,
      stdout: `sluice v${manifest.version}\n`,
    })
    assert.deepInclude(run(bundleOf("db-roles"), "--print"), { status: 0, stderr: "" })
    assert.deepInclude(run(bundleOf("db-migrate")), { status: 0, stderr: "" })
    const { origin } = yield* startApi(database, folder)
    const page = yield* get(origin)
    assert.include(page.body, '<script type="module"')
    const [script = ""] = /\/[^"]+swagger-ui-bundle\.js/.exec((yield* get(`${origin}/docs`)).body) ?? []
    assert.strictEqual((yield* get(`${origin}${script}`)).status, 200, script)
  }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
)

/** The sources of a bundle in the project, by its source map. */
const sourcesOf = (map: string): ReadonlyArray<string> => {
  const { sources } = JSON.parse(readFileSync(map, "utf8")) as { readonly sources: ReadonlyArray<string> }
  return sources
    .map((source) => relative(root, resolve(dirname(map), source)))
    .filter((source) => !source.includes("node_modules/") && existsSync(join(root, source)))
}

it("an image is built from all sources of its programs, and has the packages that must be installed", () => {
  const allowed = [...readFileSync(".dockerignore", "utf8").matchAll(/^!(.+)$/gm)].map(
    ([, path = ""]) => path,
  )
  const dockerfile = readFileSync("Dockerfile", "utf8")
  const folder = join(bundles, bundlesFolder)
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith(".map"))
    .flatMap((name) => sourcesOf(join(folder, name)))
  assert.include(sources, "src/Api/main.ts")
  for (const source of sources) {
    const path = source.split("/")[0]!
    assert.include(allowed, path, source)
    assert.match(dockerfile, new RegExp(`^COPY .*\\b${path}\\b`, "m"), source)
  }
  for (const name of installedPackages)
    assert.match(dockerfile, new RegExp(`^COPY --from=packages .*/node_modules/${name} `, "m"))
})
