import { assert, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import type { Job, JobId } from "../../../src/Domain/job/Job.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import { fromCounters, noCounters } from "../../../src/Domain/job/Progress.ts"
import { assertProblem, form, serveInMemory } from "../../support/ApiHarness.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"

const url = "http://localhost:8000/a.csv"
const id = "0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e"

layer(JobsMemory.layer)("requests that reach no endpoint", (it) => {
  it.effect("an unknown path is 404, with the path but without its query", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const answer = yield* call("/jobs/7?token=hunter2")
      assertProblem(answer, 404, "not_found")
      assert.include(String(answer.json["detail"]), "/jobs/7")
      assert.notInclude(answer.text, "hunter2")
      assertProblem(yield* call("/job", { method: "POST" }), 404, "not_found")
      assertProblem(yield* call("/%zz"), 404, "not_found")
    }),
  )

  it.effect("a wrong method on a known path is 405 with Allow", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const allowed = {
        "/download_file": "POST, OPTIONS",
        "/job_status": "GET, HEAD, OPTIONS",
        "/job_cancel": "GET, POST, OPTIONS",
        "/health/live": "GET, HEAD, OPTIONS",
        "/health/ready": "GET, HEAD, OPTIONS",
        "/metrics": "GET, HEAD, OPTIONS",
        "/problems/not_found": "GET, HEAD, OPTIONS",
        "/openapi.json": "GET, HEAD, OPTIONS",
        "/docs": "GET, HEAD, OPTIONS",
        "/": "GET, HEAD, OPTIONS",
      }
      for (const [path, allow] of Object.entries(allowed)) {
        for (const method of ["DELETE", "PUT", "PATCH", "QUERY", "PROPFIND", "BREW"]) {
          const answer = yield* call(path, { method })
          assertProblem(answer, 405, "method_not_allowed")
          assert.strictEqual(answer.headers.get("allow"), allow)
          assert.include(String(answer.json["detail"]), method)
        }
        const options = yield* call(path, { method: "OPTIONS" })
        assert.strictEqual(options.status, 204)
        assert.strictEqual(options.headers.get("allow"), allow)
      }
      const opened = yield* call("/download_file/?x=1")
      assertProblem(opened, 405, "method_not_allowed")
      assert.include(String(opened.json["detail"]), "curl -d fileUrl=")
    }),
  )

  it.effect("HEAD returns the headers of GET without a body", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const created = yield* call("/download_file", form(`fileUrl=${url}`))
      for (const path of [created.headers.get("location") ?? "", "/health/live", "/openapi.json"]) {
        const get = yield* call(path)
        const head = yield* call(path, { method: "HEAD" })
        assert.strictEqual(head.status, 200)
        assert.strictEqual(head.text, "")
        assert.strictEqual(head.headers.get("content-type"), get.headers.get("content-type"))
        assert.strictEqual(head.headers.get("content-length"), get.headers.get("content-length"))
      }
      const missing = yield* call(`/job_status?jobId=${id}`, { method: "HEAD" })
      assert.strictEqual(missing.status, 404)
      assert.strictEqual(missing.headers.get("content-type"), "application/problem+json")
    }),
  )

  it.effect("a body over 64 KiB is 413, and one of 64 KiB is read", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const tooLarge = form(`fileUrl=${url}&x=`.padEnd(64 * 1024 + 1, "x"))
      assertProblem(yield* call("/download_file", tooLarge), 413, "body_too_large")
      const atLimit = form(`fileUrl=${url}&x=`.padEnd(64 * 1024, "x"))
      assertProblem(yield* call("/download_file", atLimit), 400, "invalid_request")
      assertProblem(yield* call("/job_cancel", tooLarge), 413, "body_too_large")
    }),
  )

  it.effect("a compressed body or one of another type is 415", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      for (const type of ["text/plain", "text/csv", "multipart/form-data; boundary=x", "application/xml"]) {
        const request = { method: "POST", body: `fileUrl=${url}`, headers: { "content-type": type } }
        const answer = yield* call("/download_file", request)
        assertProblem(answer, 415, "unsupported_media_type")
        assert.include(String(answer.json["detail"]), type.split(";")[0] ?? "")
        assert.include(String(answer.json["detail"]), "application/x-www-form-urlencoded")
        assert.strictEqual(
          String(answer.json["detail"]).includes("or send the file to /upload"),
          type !== "text/plain",
        )
        assert.strictEqual(
          String(answer.json["detail"]).includes("use -d instead of -F"),
          type.startsWith("multipart"),
        )
      }
      const zipped = {
        method: "POST",
        body: `fileUrl=${url}`,
        headers: { "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" },
      }
      assertProblem(yield* call("/download_file", zipped), 415, "unsupported_media_type")
    }),
  )

  it.effect.prop(
    "the response to any path and method is a success or a problem",
    {
      path: Schema.String,
      base: Schema.Literals(["", "/download_file", "/job_status", "/job_cancel", "/problems", "/docs/"]),
      method: Schema.Literals(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY"]),
    },
    ({ path, base, method }) =>
      Effect.gen(function* () {
        const call = yield* serveInMemory()
        const answer = yield* call(`${base}/${path.toWellFormed()}`, { method })
        if (answer.status < 300) return assert.include([200, 204], answer.status)
        assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
        if (method !== "HEAD") assertProblem(answer, answer.status, String(answer.json["code"]))
      }),
    { arbitrary: { runs: 200 } },
  )
})

const impossibleJob = (jobId: JobId): Job => ({
  jobId,
  state: "cancelled",
  fileUrl: url,
  fileUrls: [url],
  requestedUrl: null,
  target: "default",
  schema: "public",
  table: "t",
  mode: "create",
  options: {},
  waitsFor: null,
  waiting: null,
  sourceId: null,
  unchanged: false,
  createdAt: DateTime.makeUnsafe(0),
  startedAt: null,
  finishedAt: null,
  attempt: 0.5,
  maxAttempts: 5,
  nextAttemptAt: null,
  progress: fromCounters(noCounters, null, false),
  attempts: [],
  throughput: [],
  columns: null,
  changes: null,
  schemaChanges: null,
  files: null,
  compression: null,
  dialect: null,
  encoding: null,
  encodingGuess: null,
  repairs: null,
  rejects: null,
  skipped: null,
  lines: null,
  rewrites: null,
  almostTyped: null,
  warnings: null,
  error: null,
  callback: null,
})

const layerBroken = Layer.mock(Jobs, {
  find: () => Effect.die(new Error("relation sluice.job of secret-host is gone")),
  // A job that does not fit its schema, because its attempt is a fraction.
  cancel: (jobId) => Effect.succeed(impossibleJob(jobId)),
})

layer(layerBroken)("an unexpected error", (it) => {
  it.effect("is 500 without the cause, which is logged", () =>
    Effect.gen(function* () {
      const logged: Array<string> = []
      const logger = Logger.map(Logger.formatStructured, (entry) => void logged.push(JSON.stringify(entry)))
      const call = yield* serveInMemory({ logger })
      const answer = yield* call(`/job_status?jobId=${id}`)
      assertProblem(answer, 500, "internal_error")
      assert.notInclude(answer.text, "secret-host")
      assert.isTrue(
        logged.some((line) => line.includes("secret-host") && line.includes("ERROR")),
        logged.join(),
      )
    }),
  )

  it.effect("in a response is 500 too", () =>
    Effect.gen(function* () {
      const logged: Array<string> = []
      const logger = Logger.map(Logger.formatStructured, (entry) => void logged.push(JSON.stringify(entry)))
      const call = yield* serveInMemory({ logger })
      assertProblem(yield* call(`/job_cancel?jobId=${id}`), 500, "internal_error")
      assert.isTrue(
        logged.some((line) => line.includes("ERROR") && line.includes("attempt")),
        logged.join(),
      )
    }),
  )
})
