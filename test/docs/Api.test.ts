import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { load } from "../../docs/examples/client.ts"
import packageJson from "../../package.json" with { type: "json" }
import {
  exitTable,
  loadErrorTable,
  metricTable,
  openApi,
  optionTable,
  scheduleTable,
  problemTable,
  readTable,
  scopeTable,
  warningTable,
} from "../../scripts/apiDocs.ts"
import { serveOnPort } from "../support/ApiServer.ts"
import { columnTypes } from "../../src/Domain/load/columns/ColumnType.ts"
import { summaryMembers } from "../../src/Domain/job/list/JobSummary.ts"
import * as JobsMemory from "../support/JobsMemory.ts"

const page = readFileSync("docs/api.md", "utf8")
const stale = "The code has changed. Run `npm run openapi` and commit the result."

describe("docs/api.md", () => {
  it("docs/api.md lists every load option as the code describes it", () => {
    assert.deepStrictEqual(readTable(page, "Load options"), optionTable, stale)
    assert.deepStrictEqual(readTable(page, "Schedule options"), scheduleTable, stale)
  })

  it("docs/api.md lists every request of the contract under Endpoints", () => {
    const cells = readTable(page, "Endpoints").map(([cell = ""]) => cell.replaceAll(/<\w+>/g, "<>"))
    const listed = new Set(
      Array.from(cells.join(" ").matchAll(/`([A-Z]+ [^`?]+)/g), ([, request]) => request),
    )
    const paths: Record<string, object> = JSON.parse(openApi()).paths
    const requests = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "<>")}`),
    )
    assert.isEmpty(requests.filter((request) => !listed.has(request)))
  })

  it("docs/api.md names every type that a column can have", () => {
    const [sentence = ""] = /The types in `columns` are [^.]*/.exec(page) ?? []
    const named = Array.from(sentence.matchAll(/`([^`]+)`/g), ([, name]) => name)
    assert.sameMembers(named, ["columns", ...columnTypes])
  })

  it("docs/api.md names every member of a job in the list of jobs", () => {
    const [sentence = ""] = /Each item is a summary of the job: [^.]*/.exec(page) ?? []
    const named = Array.from(sentence.matchAll(/`(\w+)`/g), ([, name]) => name)
    assert.sameMembers(named, [...summaryMembers])
  })

  it("docs/api.md lists every scope with the requests that need it", () => {
    assert.deepStrictEqual(readTable(page, "API keys"), scopeTable, stale)
  })

  it("docs/api.md lists every warning with its meaning", () => {
    assert.deepStrictEqual(readTable(page, "Warnings"), warningTable, stale)
  })

  it("docs/api.md lists every error of a request with its status and title", () => {
    assert.deepStrictEqual(readTable(page, "Errors of a request"), problemTable, stale)
  })

  it("docs/command-line.md lists every exit code", () => {
    assert.deepStrictEqual(
      readTable(readFileSync("docs/command-line.md", "utf8"), "Exit codes"),
      exitTable,
      stale,
    )
  })

  it("docs/operations.md lists every metric as the code describes it", () => {
    assert.deepStrictEqual(
      readTable(readFileSync("docs/operations.md", "utf8"), "List of metrics"),
      metricTable,
      stale,
    )
  })

  it("docs/api.md lists every error of a job with its meaning and whether it is retried", () => {
    assert.deepStrictEqual(readTable(page, "Errors of a job"), loadErrorTable, stale)
  })

  it("docs/api.md contains the example of the typed client", () => {
    assert.include(page, readFileSync("docs/examples/client.ts", "utf8"))
  })

  it.live("the example of the typed client creates a job and follows it", () =>
    Effect.gen(function* () {
      const baseUrl = yield* serveOnPort(JobsMemory.layer)
      assert.match(yield* load(baseUrl, "http://localhost:8000/tripsdata.csv"), /^tripsdata_\d+ is created$/)
    }),
  )
})

describe("docs/openapi.json", () => {
  const document: unknown = JSON.parse(readFileSync("docs/openapi.json", "utf8"))

  it("docs/openapi.json is the document that the API serves", () => {
    assert.deepStrictEqual(document, JSON.parse(openApi()), stale)
  })

  it.effect("docs/openapi.json has no finding of Redocly, and all its examples fit their schemas", () =>
    Effect.gen(function* () {
      const { stdout } = yield* Effect.promise(() =>
        promisify(execFile)(
          resolve("node_modules/.bin/redocly"),
          ["lint", "docs/openapi.json", "--format=json", "--config=redocly.yaml"],
          { env: { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" } },
        ),
      )
      assert.deepInclude(JSON.parse(stdout), { totals: { errors: 0, warnings: 0, ignored: 0 } }, stdout)
    }),
  )

  it("docs/openapi.json has the version of the package", () => {
    assert.nestedPropertyVal(document, "info.version", packageJson.version)
  })
})
