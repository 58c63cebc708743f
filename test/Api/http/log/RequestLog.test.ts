import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { ServiceUnavailable } from "../../../../src/Domain/service/ServiceUnavailable.ts"
import { form, serveInMemory } from "../../../support/ApiHarness.ts"
import * as JobsMemory from "../../../support/JobsMemory.ts"

/** The API with its log lines. */
const serveLogged = Effect.gen(function* () {
  const lines: Array<{ readonly level: string; readonly annotations: Record<string, unknown> }> = []
  const logger = Logger.map(Logger.formatStructured, ({ level, annotations }) => {
    lines.push({ level, annotations })
  })
  const call = yield* serveInMemory({ logger })
  return { call, lines }
})

layer(JobsMemory.layer)("the log of requests", (it) => {
  it.effect("has one line for each request: method, route, status, duration", () =>
    Effect.gen(function* () {
      const { call, lines } = yield* serveLogged
      yield* call("/job_status?jobId=42")
      yield* call("/problems/not_found")
      yield* call("/download_file", { method: "DELETE" })
      assert.deepStrictEqual(
        lines.map((line) => line.annotations),
        [
          {
            method: "GET",
            route: "/job_status",
            status: 400,
            duration_ms: 0,
            caller: "unknown",
            client: "unknown",
          },
          { method: "GET", route: "/problems/:code", status: 200, duration_ms: 0 },
          { method: "DELETE", route: "/download_file", status: 405, duration_ms: 0 },
        ],
      )
      assert.deepStrictEqual(new Set(lines.map((line) => line.level)), new Set(["INFO"]))
    }),
  )

  it.effect("has the job and its URL without secrets", () =>
    Effect.gen(function* () {
      const { call, lines } = yield* serveLogged
      const url = "http://user:hunter2@localhost:8000/a.csv?token=swordfish"
      const { json } = yield* call("/download_file", form(`fileUrl=${encodeURIComponent(url)}`))
      yield* call(`/job_cancel?jobId=${String(json["jobId"])}`)
      assert.lengthOf(lines, 4)
      for (const line of lines) assert.strictEqual(line.annotations["job_id"], json["jobId"])
      for (const line of lines.slice(0, 2))
        assert.strictEqual(line.annotations["file_url"], "http://***@localhost:8000/a.csv?token=***")
    }),
  )

  it.effect("has one warning for a response with 503, with the reason that clients do not get", () =>
    Effect.gen(function* () {
      const { call, lines } = yield* serveLogged
      const { status, text } = yield* call(`/job_status?jobId=0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e`)
      assert.strictEqual(status, 503)
      assert.notInclude(text, "db1")
      assert.lengthOf(lines, 1)
      assert.strictEqual(lines[0]?.level, "WARN")
      assert.deepInclude(lines[0]?.annotations, { status: 503, operation: "find", reason: "db1 is down" })
    }).pipe(
      Effect.provide(
        Layer.mock(Jobs, {
          find: () => Effect.fail(new ServiceUnavailable({ operation: "find", message: "db1 is down" })),
        }),
      ),
    ),
  )

  it.effect("has neither query nor body", () =>
    Effect.gen(function* () {
      const { call, lines } = yield* serveLogged
      yield* call("/nope?token=hunter2")
      yield* call("/download_file?fileUrl=hunter2", form("password=hunter2"))
      assert.strictEqual(lines.length, 2)
      assert.strictEqual(lines[0]?.annotations["route"], "/nope")
      assert.notInclude(JSON.stringify(lines), "hunter2")
    }),
  )

  it.effect("does not have health checks and scrapes", () =>
    Effect.gen(function* () {
      const { call, lines } = yield* serveLogged
      yield* call("/health/live")
      yield* call("/health/ready?probe=1")
      yield* call("/metrics/")
      assert.deepStrictEqual(lines, [])
    }),
  )
})
