import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Webhook } from "standardwebhooks"
import type { Job, JobId } from "../../src/Domain/job/Job.ts"
import { ask } from "../support/ApiServer.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { startWorker } from "../support/ServiceProcess.ts"
import * as SourceClient from "../support/SourceClient.ts"
import { TestService } from "../support/TestService.ts"

const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString("base64")}`
const secrets = [secretOf(1), secretOf(2)]

/** The id and the body of a notification, whose signatures are verified. */
const verified = Effect.fnUntraced(function* (exchange: CsvServer.Exchange) {
  const body = yield* exchange.body
  const id = String(exchange.headers["webhook-id"])
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(exchange.headers["webhook-timestamp"]),
    "webhook-signature": String(exchange.headers["webhook-signature"]),
  }
  for (const secret of secrets) new Webhook(secret).verify(body, headers)
  return { id, job: JSON.parse(body) as Record<string, unknown> }
})

const callbackState =
  (...states: ReadonlyArray<string>) =>
  ({ callback }: Job) =>
    callback !== null && states.includes(callback.state)

/** Makes the next attempt due now, as if its time had come. */
const makeDue = (jobId: JobId) =>
  Effect.flatMap(
    TestService,
    ({ sql }) => sql`
      update sluice.webhook set next_attempt_at = now() where job_id = ${jobId} returning pg_notify('sluice', 'webhook')`,
  )

const Service = TestService.layer({ WEBHOOK_SECRETS: secrets.join(",") })

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("a callbackUrl", (it) => {
  it.effect("reports the end of a job once, however the job ends", () =>
    Effect.gen(function* () {
      const { api, environment, files } = yield* TestService
      yield* files.serve("/good.csv", CsvServer.file("id\n1\n"))
      const hook = "/hook?token=hunter2"
      yield* files.serve("/hook", CsvServer.byHand)
      const create = (path: string) => api.create(files.url(path), { callbackUrl: files.url(hook) })

      const jobs = {
        cancelled: yield* create("/good.csv"),
        completed: yield* create("/good.csv"),
        failed: yield* create("/missing.csv"),
      }
      const { callback } = yield* api.status(jobs.cancelled)
      assert.deepStrictEqual(callback, {
        url: files.url("/hook?token=***"),
        state: "waiting",
        attempts: 0,
        lastStatus: null,
        lastError: null,
        nextAttemptAt: null,
      })
      yield* api.cancel(jobs.cancelled)
      yield* startWorker(environment)

      const told = new Map<unknown, unknown>()
      for (let n = 0; n < 3; n++) {
        const exchange = yield* files.request("/hook")
        assert.strictEqual(exchange.target, hook)
        const { id, job } = yield* verified(exchange)
        assert.strictEqual(id, `msg_${String(job["jobId"])}`)
        told.set(job["state"], job["jobId"])
        yield* exchange.head(200)
        yield* exchange.end
        const { callback } = yield* api.until(String(job["jobId"]) as JobId, callbackState("delivered"))
        assert.deepInclude(callback, { attempts: 1, lastStatus: 200, lastError: null, nextAttemptAt: null })
        const { body } = yield* api.get(`/job_status?jobId=${String(job["jobId"])}`)
        assert.deepStrictEqual({ ...job, callback: null }, { ...(body as object), callback: null })
      }
      assert.deepStrictEqual(Object.fromEntries(told), jobs)
      assert.lengthOf(files.received("/hook"), 3)
    }),
  )

  it.effect("that fails is tried again with the same id, and attempts are shown", () =>
    Effect.gen(function* () {
      const { api, environment, files } = yield* TestService
      yield* files.serve("/good.csv", CsvServer.file("id\n1\n"))
      yield* files.serve("/flaky", CsvServer.status(500))
      yield* startWorker(environment)
      const jobId = yield* api.create(files.url("/good.csv"), { callbackUrl: files.url("/flaky") })
      const first = yield* api.until(jobId, ({ callback }) => callback?.lastStatus === 500)
      assert.strictEqual(first.state, "completed")
      assert.deepInclude(first.callback, {
        state: "pending",
        attempts: 1,
        lastError: "The receiver responded with 500.",
      })
      assert.isNotNull(first.callback?.nextAttemptAt)

      yield* files.serve("/flaky", CsvServer.status(429, { "retry-after": "3600" }))
      yield* makeDue(jobId)
      const second = yield* api.until(jobId, ({ callback }) => callback?.lastStatus === 429)
      assert.isAbove(Number(second.callback?.nextAttemptAt?.epochMilliseconds), Date.now() + 3_000_000)

      yield* files.serve("/flaky", CsvServer.redirect(files.url("/elsewhere"), 308))
      yield* makeDue(jobId)
      yield* api.until(jobId, ({ callback }) => callback?.lastStatus === 308)
      assert.isEmpty(files.received("/elsewhere"))

      yield* files.serve("/flaky", CsvServer.status(204))
      yield* makeDue(jobId)
      const { callback } = yield* api.until(jobId, callbackState("delivered"))
      assert.strictEqual(callback?.attempts, 4)
      const ids = files.received("/flaky").map(({ headers }) => headers["webhook-id"])
      assert.deepStrictEqual(new Set(ids), new Set([`msg_${jobId}`]))

      yield* files.serve("/gone", CsvServer.status(410))
      const gone = yield* api.create(files.url("/good.csv"), { callbackUrl: files.url("/gone") })
      const ended = yield* api.until(gone, callbackState("failed"))
      assert.deepInclude(ended.callback, { attempts: 1, lastStatus: 410, nextAttemptAt: null })
    }),
  )

  it.effect("reports it again if the worker dies before it has stored the delivery", () =>
    Effect.gen(function* () {
      const { api, environment, files } = yield* TestService
      yield* files.serve("/good.csv", CsvServer.file("id\n1\n"))
      yield* files.serve("/slow", CsvServer.byHand)
      const worker = yield* startWorker(environment)
      const jobId = yield* api.create(files.url("/good.csv"), { callbackUrl: files.url("/slow") })
      const before = yield* verified(yield* files.request("/slow"))
      yield* worker.signal("SIGKILL")
      yield* worker.exit
      yield* startWorker(environment)
      yield* makeDue(jobId)
      const after = yield* files.request("/slow")
      assert.strictEqual((yield* verified(after)).id, before.id)
      yield* after.head(200)
      yield* after.end
      const { callback } = yield* api.until(jobId, callbackState("delivered"))
      assert.strictEqual(callback?.attempts, 2)
    }),
  )

  it.effect("of a source reports the end of each of its runs, also when the source is removed", () =>
    Effect.gen(function* () {
      const { api, environment, files, origin, sql } = yield* TestService
      const sources = SourceClient.make(origin)
      const hook = "/runs?token=hunter2"
      yield* files.serve("/kept.csv", CsvServer.file("id\n1\n"))
      yield* files.serve("/runs", CsvServer.byHand)
      yield* startWorker(environment)
      const source = yield* sources.create(files.url("/kept.csv"), {
        tableName: "kept",
        callbackUrl: files.url(hook),
      })
      assert.strictEqual(source.options.callbackUrl, files.url("/runs?token=***"))
      const told = Effect.gen(function* () {
        const exchange = yield* files.request("/runs")
        assert.strictEqual(exchange.target, hook)
        const { job } = yield* verified(exchange)
        yield* exchange.head(200)
        yield* exchange.end
        yield* api.until(String(job["jobId"]) as JobId, callbackState("delivered"))
        return job
      })
      const first = yield* told
      const { sourceId } = source
      assert.deepInclude(first, { jobId: source.runs[0]?.jobId, sourceId, unchanged: false })
      yield* sources.run(sourceId)
      assert.deepInclude(yield* told, { state: "completed", sourceId, unchanged: true })

      yield* files.serve("/kept.csv", CsvServer.byHand)
      yield* sources.ask("POST", `/${sourceId}/refresh`)
      yield* files.request("/kept.csv")
      assert.strictEqual((yield* sources.ask("DELETE", `/${sourceId}`)).status, 204)
      assert.deepInclude(yield* told, { state: "cancelled", sourceId })
      assert.lengthOf(yield* sql`select from sluice.source_callback`, 1)
    }),
  )

  it.effect("at an address that is not public is refused, and the response repeats no secret of it", () =>
    Effect.gen(function* () {
      const { files, origin } = yield* TestService
      for (const [callbackUrl, words] of [
        ["http://u:hunter2@10.0.0.1/hook?t=hunter2", /ALLOWED_HOSTS=10\.0\.0\.1:80/],
        ["http://[::1]:9000/hunter2", /ALLOWED_HOSTS=\[::1\]:9000/],
        ["http://169.254.169.254/hunter2", /not public/],
        ["https://example.org:25/hunter2", /ALLOWED_PORTS=25/],
        ["ftp://u:hunter2@example.org/", /http or https/],
        ["hunter2", /http or https/],
      ] as const) {
        const body = {
          contentType: "application/json",
          text: JSON.stringify({ fileUrl: files.url("/x.csv"), callbackUrl, tableName: "x", mode: "append" }),
        }
        for (const path of ["/download_file", "/sources"]) {
          const { status, text } = yield* ask(origin, path, body)
          assert.strictEqual(status, 400, text)
          assert.match(text, words)
          assert.notInclude(text, "hunter2")
        }
      }
    }),
  )
})

layer(Layer.fresh(TestService.layer()), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "a callbackUrl without WEBHOOK_SECRETS",
  (it) => {
    it.effect("is refused, with the setting to set", () =>
      Effect.gen(function* () {
        const { origin } = yield* TestService
        const text = JSON.stringify({
          fileUrl: "http://h.example/a.csv",
          callbackUrl: "https://example.org/",
        })
        const answer = yield* ask(origin, "/download_file", { contentType: "application/json", text })
        assert.strictEqual(answer.status, 400)
        assert.match(answer.text, /WEBHOOK_SECRETS/)
      }),
    )
  },
)
