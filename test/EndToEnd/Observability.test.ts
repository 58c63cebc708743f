import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { FetchHttpClient, HttpClient } from "effect/http"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readTable } from "../../scripts/apiDocs.ts"
import { metricCatalog } from "../../src/Domain/telemetry/metricCatalog.ts"
import { prometheusName } from "../../src/Domain/telemetry/prometheusText.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"
import { promtool, runPrometheus } from "../support/tool.ts"

const folder = "deploy/observability"

const Dashboard = Schema.Struct({
  panels: Schema.Array(
    Schema.Struct({ title: Schema.String, targets: Schema.Array(Schema.Struct({ expr: Schema.String })) }),
  ),
})
const queries = Schema.decodeSync(Schema.fromJsonString(Dashboard))(
  readFileSync(`${folder}/grafana/dashboards/sluice.json`, "utf8"),
).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

const rules = readFileSync(`${folder}/rules.yml`, "utf8")

const Answer = Schema.Struct({
  status: Schema.String,
  error: Schema.optional(Schema.String),
  data: Schema.optional(Schema.Struct({ result: Schema.Array(Schema.Unknown) })),
})

const freePort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

const text = (url: string) =>
  HttpClient.get(url).pipe(
    Effect.flatMap((response) => response.text),
    Effect.provide(FetchHttpClient.layer),
  )

describe("the alert rules", () => {
  it("are valid and fire as their tests expect", () => {
    const { output, status } = promtool(["test", "rules", `${folder}/rules.test.yml`])
    assert.strictEqual(status, 0, output)
    const config = promtool(["check", "config", `${folder}/prometheus.yml`])
    assert.strictEqual(config.status, 0, config.output)
  })

  it("each have a test and a line in the runbook", () => {
    const names = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name ?? "")
    const tested = new Set(
      [...readFileSync(`${folder}/rules.test.yml`, "utf8").matchAll(/alertname: (\w+)/g)].map(
        ([, name]) => name,
      ),
    )
    const [, ...rows] = readTable(readFileSync("docs/operations.md", "utf8"), "Alerts")
    assert.sameMembers([...tested], names)
    assert.sameMembers(
      rows.map(([name = ""]) => name.replaceAll("`", "")),
      names,
    )
  })

  it("and the dashboard use metrics of the catalog only", () => {
    const labels = Object.values(metricCatalog).flatMap(({ attributes }) => Object.keys(attributes))
    const known = new Set([
      ...Object.keys(metricCatalog).map(prometheusName),
      ...labels.map((key) => key.replaceAll(".", "_")),
    ])
    const expressions = [rules.replaceAll(/^ *(?:summary|runbook):.*$/gm, ""), ...queries].join("\n")
    const used = [...expressions.matchAll(/\b(?:sluice|http|db|process|nodejs|messaging)_\w+/g)].map(
      ([name]) => name.replace(/_(?:bucket|count)$/, ""),
    )
    assert.deepStrictEqual(
      used.filter((name) => !known.has(name)),
      [],
    )
  })
})

describe("a Prometheus", () => {
  it.live("scrapes API and worker, and answers every query of the dashboard", () =>
    Effect.gen(function* () {
      const { api, environment, files, origin } = yield* TestService
      const worker = yield* startWorker({ ...environment, METRICS_PORT: "0" })
      const { port: workerPort } = yield* worker.logged(({ message }) => message === "serving metrics")
      yield* files.serve("/a.csv", CsvServer.file("a,b\n1,2\n"))
      const jobId = yield* api.create(files.url("/a.csv"))
      yield* api.reaches(jobId, "completed")

      const targets = [new URL(origin).host, `127.0.0.1:${Number(workerPort)}`]
      for (const target of targets) {
        const { output, status } = promtool(["check", "metrics"], yield* text(`http://${target}/metrics`))
        assert.strictEqual(status, 0, output)
      }

      const directory = mkdtempSync(join(tmpdir(), "prometheus-"))
      const configuration = join(directory, "prometheus.yml")
      writeFileSync(
        configuration,
        JSON.stringify({
          global: { scrape_interval: "500ms", scrape_timeout: "500ms" },
          scrape_configs: [{ job_name: "sluice", static_configs: [{ targets }] }],
        }),
      )
      const port = yield* freePort
      yield* runPrometheus(configuration, join(directory, "data"), port)
      const ask = (query: string) =>
        text(
          `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query.replaceAll("$__rate_interval", "1m"))}`,
        ).pipe(Effect.flatMap(Schema.decodeEffect(Schema.fromJsonString(Answer))))
      for (const query of queries) {
        // Rates need two scrapes. A query for errors finds none.
        const isComplete = ({ data, status }: typeof Answer.Type) =>
          status === "error" || query.endsWith("> 0") || (data?.result.length ?? 0) > 0
        const answer = yield* Effect.repeat(ask(query).pipe(Effect.retry(Schedule.spaced("200 millis"))), {
          until: isComplete,
          schedule: Schedule.spaced("200 millis"),
        })
        assert.strictEqual(answer.status, "success", `${query}: ${answer.error ?? ""}`)
      }
    }).pipe(Effect.provide(TestService.layer()), Effect.scoped),
  )
})
