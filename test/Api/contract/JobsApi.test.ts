import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Job, JobId } from "../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../src/Domain/job/Jobs.ts"
import { loadError } from "../../../src/Domain/load/LoadError.ts"
import { ServiceUnavailable } from "../../../src/Domain/service/ServiceUnavailable.ts"
import { type Answer, assertProblem, form, json, serveInMemory } from "../../support/ApiHarness.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"

const url = "http://localhost:8000/tripsdata.csv"
const unknownId = "00000000-0000-4000-8000-000000000000"
const counters = {
  bytesReceived: 90,
  bytesTotal: 100,
  rowsLoaded: 3,
  rowsRejected: 1,
  file: null,
  resumes: 2,
}

const decodeJob = Schema.decodeUnknownSync(Schema.toCodecJson(Job))
const idIn = (answer: Answer): JobId => JobId.make(String(answer.json["jobId"]))

const claimOf = (jobId: JobId) =>
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const queue = yield* JobQueue
    const claimed = yield* queue.claim(100)
    const claim = claimed.find((load) => load.claim.jobId === jobId)?.claim
    if (claim === undefined) return yield* Effect.die("the job was not to be had")
    yield* jobs.begin([claim])
    return claim
  })

layer(JobsMemory.layer)("the job endpoints", (it) => {
  it.effect("a form from curl -d creates a job", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const answer = yield* call("/download_file", form(`fileUrl=${url}`))
      assert.strictEqual(answer.status, 202)
      assert.strictEqual(answer.headers.get("content-type"), "application/json")
      assert.deepStrictEqual(Object.keys(answer.json), ["jobId"])
      assert.strictEqual(answer.headers.get("location"), `/job_status?jobId=${idIn(answer)}`)
    }),
  )

  it.effect("JSON from curl -d, which labels it as a form, creates and cancels a job", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const created = yield* call("/download_file", form(` {"fileUrl":"${url}"}`))
      assert.strictEqual(created.status, 202)
      const cancelled = yield* call("/job_cancel", form(JSON.stringify({ jobId: idIn(created) })))
      assert.strictEqual(cancelled.json["state"], "cancelled")
      // A field twice is refused in JSON whatever its label is.
      const twice = form(`{"fileUrl":"${url}","fileUrl":"${url}"}`)
      assertProblem(yield* call("/download_file", twice), 400, "invalid_request")
      assertProblem(yield* call("/download_file", form(`{"fileUrl":"${url}`)), 400, "invalid_request")
    }),
  )

  it.effect("JSON creates a job, with a charset or without a content type", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const body = JSON.stringify({ fileUrl: url })
      assert.strictEqual((yield* call("/download_file", json(body))).status, 202)
      const withCharset = {
        method: "POST",
        body,
        headers: { "content-type": "application/json;charset=UTF-8" },
      }
      assert.strictEqual((yield* call("/download_file", withCharset)).status, 202)
      const bare = { method: "POST", body: new TextEncoder().encode(body) }
      assert.strictEqual((yield* call("/download_file", bare)).status, 202)
    }),
  )

  it.effect("a table name is taken until the job that reserved it fails or is cancelled", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const body = form(`fileUrl=${url}&tableName=trips`)
      const first = yield* call("/download_file", body)
      assert.strictEqual((yield* call(first.headers.get("location") ?? "")).json["table"], "trips")
      const second = yield* call("/download_file", body)
      assertProblem(second, 409, "table_name_taken")
      assert.strictEqual(second.json["table"], "trips")
      yield* call(`/job_cancel?jobId=${idIn(first)}`)
      assert.strictEqual((yield* call("/download_file", body)).status, 202)
    }),
  )

  it.effect("the Location of a new job returns the job", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const created = yield* call("/download_file", form(`fileUrl=${url}`))
      const status = yield* call(created.headers.get("location") ?? "")
      assert.strictEqual(status.status, 200)
      assert.strictEqual(status.headers.get("cache-control"), "no-store")
      const job = decodeJob(status.json)
      assert.strictEqual(job.jobId, idIn(created))
      assert.strictEqual(job.state, "created")
      assert.strictEqual(job.fileUrl, url)
    }),
  )

  it.effect("a job in JSON has every member, null where unknown", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const created = yield* call("/download_file", form(`fileUrl=${url}`))
      const { json } = yield* call(`/job_status?jobId=${idIn(created)}`)
      const { jobId, table, createdAt, options, attempts, throughput, target, ...rest } = json
      assert.strictEqual(jobId, idIn(created))
      assert.isNotEmpty(table)
      assert.match(String(createdAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.deepStrictEqual([options, attempts, throughput, target], [{}, [], [], "default"])
      assert.deepStrictEqual(rest, {
        state: "created",
        fileUrl: url,
        fileUrls: [url],
        requestedUrl: null,
        schema: "public",
        mode: "create",
        sourceId: null,
        unchanged: false,
        waitsFor: null,
        waiting: { reason: "slot", position: null, estimatedStartAt: null, heldUntil: null },
        startedAt: null,
        finishedAt: null,
        attempt: null,
        maxAttempts: 5,
        nextAttemptAt: null,
        progress: {
          bytesReceived: 0,
          bytesTotal: null,
          rowsLoaded: 0,
          rowsRejected: 0,
          file: null,
          resumes: 0,
          percent: null,
          bytesPerSecond: null,
          etaSeconds: null,
        },
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
    }),
  )

  it.effect("a completed job shows its columns and counts", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const memory = yield* JobsMemory.JobsMemory
      const jobId = idIn(yield* call("/download_file", form(`fileUrl=${url}`)))
      const columns = [{ name: "id", header: " id" }]
      yield* memory.complete(yield* claimOf(jobId), { columns, counters, compression: "gzip" })
      const job = decodeJob((yield* call(`/job_status?jobId=${jobId}`)).json)
      assert.strictEqual(job.state, "completed")
      assert.strictEqual(job.attempt, 1)
      assert.deepStrictEqual(job.columns, [{ name: "id", header: " id", type: "text" }])
      assert.strictEqual(job.compression, "gzip")
      assert.strictEqual(job.progress.rowsLoaded, 3)
      assert.strictEqual(job.progress.percent, 90)
    }),
  )

  it.effect("no response contains the credentials of a URL", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const secret = "http://user:hunter2@localhost:8000/a.csv?token=swordfish"
      const created = yield* call("/download_file", json({ fileUrl: secret }))
      const jobId = idIn(created)
      const answers = [
        created,
        yield* call(`/job_status?jobId=${jobId}`),
        yield* call(`/job_cancel?jobId=${jobId}`),
      ]
      for (const { text } of answers) {
        assert.notInclude(text, "hunter2")
        assert.notInclude(text, "swordfish")
      }
    }),
  )

  it.effect("GET cancels a job and returns the same response again", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const jobId = idIn(yield* call("/download_file", form(`fileUrl=${url}`)))
      const once = yield* call(`/job_cancel?jobId=${jobId}`)
      assert.strictEqual(once.status, 200)
      assert.strictEqual(decodeJob(once.json).state, "cancelled")
      assert.deepStrictEqual((yield* call(`/job_cancel?jobId=${jobId}`)).json, once.json)
    }),
  )

  it.effect("POST cancels a job named in the query, a form or JSON", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const ways: ReadonlyArray<(jobId: JobId) => readonly [string, RequestInit]> = [
        (jobId) => [`/job_cancel?jobId=${jobId}`, { method: "POST" }],
        (jobId) => ["/job_cancel", form(`jobId=${jobId}`)],
        (jobId) => ["/job_cancel", json({ jobId })],
        (jobId) => [`/job_cancel?jobId=${jobId}`, form(`jobId=${jobId}`)],
        (jobId) => [`/job_cancel?jobId=${jobId}`, form("")],
        (jobId) => [`/job_cancel?jobId=${jobId}`, json({})],
      ]
      for (const way of ways) {
        const jobId = idIn(yield* call("/download_file", form(`fileUrl=${url}`)))
        const answer = yield* call(...way(jobId))
        assert.strictEqual(answer.status, 200, answer.text)
        assert.strictEqual(decodeJob(answer.json).state, "cancelled")
      }
    }),
  )

  it.effect("POST /job_cancel refuses a missing id and two different ids", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const none = yield* call("/job_cancel", { method: "POST" })
      assertProblem(none, 400, "invalid_request")
      assert.include(String(none.json["detail"]), "jobId is missing")
      const jobId = idIn(yield* call("/download_file", form(`fileUrl=${url}`)))
      const two = yield* call(`/job_cancel?jobId=${jobId}`, form(`jobId=${unknownId}`))
      assertProblem(two, 400, "invalid_request")
      assert.include(String(two.json["detail"]), "differs")
      assert.strictEqual((yield* call(`/job_status?jobId=${jobId}`)).json["state"], "created")
    }),
  )

  it.effect("HEAD /job_cancel cancels nothing", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const jobId = idIn(yield* call("/download_file", form(`fileUrl=${url}`)))
      const answer = yield* call(`/job_cancel?jobId=${jobId}`, { method: "HEAD" })
      assert.strictEqual(answer.status, 405)
      assert.strictEqual(answer.headers.get("allow"), "GET, POST, OPTIONS")
      assert.strictEqual((yield* call(`/job_status?jobId=${jobId}`)).json["state"], "created")
    }),
  )

  it.effect("an unknown job is 404 for every call", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const answers = [
        yield* call(`/job_status?jobId=${unknownId}`),
        yield* call(`/job_cancel?jobId=${unknownId}`),
        yield* call("/job_cancel", form(`jobId=${unknownId}`)),
      ]
      for (const answer of answers) {
        assertProblem(answer, 404, "job_not_found")
        assert.strictEqual(answer.json["jobId"], unknownId)
      }
    }),
  )

  it.effect("a finished job cannot be cancelled, and the response has its state", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const jobs = yield* Jobs
      const memory = yield* JobsMemory.JobsMemory
      const completed = idIn(yield* call("/download_file", form(`fileUrl=${url}`)))
      yield* memory.complete(yield* claimOf(completed), { columns: [], counters })
      const failed = idIn(yield* call("/download_file", form(`fileUrl=${url}`)))
      yield* jobs.fail(yield* claimOf(failed), loadError("source_not_found", "404"), counters)
      for (const [jobId, state] of [
        [completed, "completed"],
        [failed, "failed"],
      ] as const) {
        const answer = yield* call(`/job_cancel?jobId=${jobId}`)
        assertProblem(answer, 409, "job_already_finished")
        assert.strictEqual(answer.json["jobId"], jobId)
        assert.strictEqual(answer.json["state"], state)
        assert.include(String(answer.json["detail"]), state)
      }
    }),
  )
})

const outage = new ServiceUnavailable({ operation: "test", message: "password of host db1 was wrong" })
const layerOutage = Layer.mock(Jobs, {
  create: () => Effect.fail(outage),
  find: () => Effect.fail(outage),
  cancel: () => Effect.fail(outage),
})

layer(layerOutage)("while the database is unavailable", (it) => {
  it.effect("every call is 503 with Retry-After and without the cause", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const answers = [
        yield* call("/download_file", form(`fileUrl=${url}`)),
        yield* call(`/job_status?jobId=${unknownId}`),
        yield* call(`/job_rejects?jobId=${unknownId}`),
        yield* call(`/job_cancel?jobId=${unknownId}`),
        yield* call("/job_cancel", form(`jobId=${unknownId}`)),
      ]
      for (const answer of answers) {
        assertProblem(answer, 503, "service_unavailable")
        assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/)
        assert.notInclude(answer.text, "db1")
      }
    }),
  )
})
