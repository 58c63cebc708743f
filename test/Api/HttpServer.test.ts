import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { FetchHttpClient } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { JobId } from "../../src/Domain/job/Job.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { Api } from "../../src/Api/contract/Api.ts"
import { assertProblem } from "../support/ApiHarness.ts"
import { ask, assertProblemOnWire, exchange, parseAnswer, serveOnPort } from "../support/ApiServer.ts"
import * as JobsMemory from "../support/JobsMemory.ts"

const fileUrl = SourceUrl.make("http://user:hunter2@localhost:8000/a.csv?token=swordfish")
const id = JobId.make("0198f2a4-5c1e-4d0a-9b55-2f6f3c1f7b1e")
const post = "POST /download_file HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
const chunk = (size: number): string => `${size.toString(16)}\r\n${"x".repeat(size)}\r\n`

it.live("a typed client creates, follows and cancels a job, and gets errors as values", () =>
  Effect.gen(function* () {
    const baseUrl = yield* serveOnPort(JobsMemory.layer)
    const client = yield* HttpApiClient.make(Api, { baseUrl })
    const { body, headers } = yield* client.jobs.download({ headers: {}, payload: { fileUrl } })
    assert.strictEqual(headers.location, `/job_status?jobId=${body.jobId}`)
    assert.strictEqual((yield* client.jobs.status({ query: body })).state, "created")
    assert.strictEqual((yield* client.jobs.cancel({ query: body, payload: null })).state, "cancelled")
    assert.strictEqual((yield* client.jobs.cancelByLink({ query: body })).state, "cancelled")
    const unknown = yield* Effect.flip(client.jobs.status({ query: { jobId: id } }))
    assert.strictEqual(unknown._tag, "JobNotFound")
    assert.deepStrictEqual((yield* client.system.ready()).checks, { database: "ok", queue: "ok" })
  }).pipe(Effect.provide(FetchHttpClient.layer)),
)

it.live("a chunked body is refused at 64 KiB, before it ends", () =>
  Effect.gen(function* () {
    const origin = yield* serveOnPort(JobsMemory.layer)
    const head = `${post}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n`
    const wire = yield* exchange(origin, head, chunk(60_000), chunk(60_000), chunk(60_000))
    assertProblemOnWire(wire, 413, "body_too_large")
  }),
)

it.live("a declared length over the limit is refused, with and without Expect: 100-continue", () =>
  Effect.gen(function* () {
    const origin = yield* serveOnPort(JobsMemory.layer)
    const length = "Content-Length: 1000000000\r\nConnection: close\r\n"
    const wire = yield* exchange(origin, `${post}${length}\r\n`, "x".repeat(200_000))
    assertProblemOnWire(wire, 413, "body_too_large")
    const expecting = yield* exchange(
      origin,
      `${post}${length}Expect: 100-continue\r\n\r\n`,
      "x".repeat(200_000),
    )
    const answered = expecting.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "")
    assertProblemOnWire(answered, 413, "body_too_large")
  }),
)

it.live("a request with a broken body does not harm the server", () =>
  Effect.gen(function* () {
    const origin = yield* serveOnPort(JobsMemory.layer)
    const broken = yield* exchange(origin, `${post}Transfer-Encoding: chunked\r\n\r\n`, "zz\r\nno chunk\r\n")
    assertProblemOnWire(broken, 400, "invalid_request")
    assert.strictEqual((yield* ask(origin, "/health/live")).status, 200)
  }),
)

it.live("bytes that are not a request get a problem as response", () =>
  Effect.gen(function* () {
    const origin = yield* serveOnPort(JobsMemory.layer)
    const answer = assertProblemOnWire(yield* exchange(origin, "hello\r\n\r\n"), 400, "invalid_request")
    assert.strictEqual(answer.headers.get("connection"), "close")
    assert.strictEqual(Number(answer.headers.get("content-length")), answer.text.length)
    const method = yield* exchange(origin, "BREW /job_status HTTP/1.1\r\nHost: localhost\r\n\r\n")
    const unknown = assertProblemOnWire(method, 400, "invalid_request")
    assert.include(String(unknown.json["detail"]), "method")
    const headers = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"y".repeat(70_000)}\r\n\r\n`
    assertProblemOnWire(yield* exchange(origin, headers), 431, "headers_too_large")
    const expecting =
      "PUT /upload HTTP/1.1\r\nHost: localhost\r\nExpect: magic\r\nContent-Length: 4\r\n\r\na\n1\n"
    assertProblemOnWire(yield* exchange(origin, expecting), 417, "expectation_failed")
  }),
)

it.live("unknown methods get 405, and OPTIONS * gets a response", () =>
  Effect.gen(function* () {
    const origin = yield* serveOnPort(JobsMemory.layer)
    const rest = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    for (const method of ["PROPFIND", "TRACE", "LOCK"]) {
      const answer = assertProblemOnWire(
        yield* exchange(origin, `${method} /job_status ${rest}`),
        405,
        "method_not_allowed",
      )
      assert.strictEqual(answer.headers.get("allow"), "GET, HEAD, OPTIONS")
    }
    assert.strictEqual(parseAnswer(yield* exchange(origin, `OPTIONS * ${rest}`)).status, 204)
    const head = parseAnswer(yield* exchange(origin, `HEAD /job_cancel?jobId=${id} ${rest}`))
    assert.strictEqual(head.status, 405)
    assert.strictEqual(head.text, "")
  }),
)

it.live("a request that is running when the service stops gets 503", () =>
  Effect.gen(function* () {
    const asked = yield* Deferred.make<void>()
    const jobs = Layer.mock(Jobs, {
      find: () => Effect.andThen(Deferred.succeed(asked, undefined), Effect.never),
    })
    const scope = yield* Scope.make()
    const origin = yield* serveOnPort(jobs).pipe(Scope.provide(scope))
    const answering = yield* Effect.forkChild(ask(origin, `/job_status?jobId=${id}`))
    yield* Deferred.await(asked)
    yield* Scope.close(scope, Exit.void)
    const answer = yield* Fiber.join(answering)
    assertProblem(answer, 503, "service_unavailable")
    assert.isNotNull(answer.headers.get("retry-after"))
  }),
)

it.live("a request whose client disconnects is interrupted and logged as 499", () =>
  Effect.gen(function* () {
    const asked = yield* Deferred.make<void>()
    const interrupted = yield* Deferred.make<void>()
    const logged = yield* Deferred.make<string>()
    const logger = Logger.map(Logger.formatStructured, (entry) => {
      if (entry.message === "request") Deferred.doneUnsafe(logged, Exit.succeed(JSON.stringify(entry)))
    })
    const find = Effect.andThen(Deferred.succeed(asked, undefined), Effect.never).pipe(
      Effect.onInterrupt(() => Deferred.succeed(interrupted, undefined)),
    )
    const origin = yield* serveOnPort(Layer.mock(Jobs, { find: () => find }), {
      settings: Logger.layer([logger]),
    })
    const asking = yield* Effect.forkChild(ask(origin, `/job_status?jobId=${id}`))
    yield* Deferred.await(asked)
    yield* Fiber.interrupt(asking)
    yield* Deferred.await(interrupted)
    const line = yield* Deferred.await(logged)
    assert.include(line, '"status":499')
    assert.include(line, '"level":"INFO"')
  }),
)

it.live("spans are named by route and have the job but no secrets", () =>
  Effect.gen(function* () {
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      },
    })
    const settings = Layer.merge(Logger.layer([]), Layer.succeed(Tracer.Tracer, tracer))
    const origin = yield* serveOnPort(JobsMemory.layer, { settings })
    const created = yield* ask(origin, `/download_file?fileUrl=${encodeURIComponent(fileUrl)}`, {
      contentType: "application/json",
      text: JSON.stringify({ fileUrl }),
    })
    assert.strictEqual(created.status, 400)
    const { json: body } = yield* ask(origin, "/download_file", {
      contentType: "application/x-www-form-urlencoded",
      text: `fileUrl=${encodeURIComponent(fileUrl)}`,
    })
    yield* ask(origin, `/job_status?jobId=${String(body["jobId"])}`)
    yield* ask(origin, "/nope/hunter?token=swordfish")
    yield* ask(origin, "/health/live")
    yield* ask(origin, "/health/ready?x=1")
    yield* ask(origin, "/metrics")
    const served = spans.filter((span) => span.kind === "server")
    assert.deepStrictEqual(
      served.map((span) => span.name),
      ["POST /download_file", "POST /download_file", "GET /job_status", "GET"],
    )
    for (const span of [served[1], served[2]]) {
      assert.strictEqual(span?.attributes.get("sluice.job.id"), body["jobId"])
    }
    assert.strictEqual(
      served[1]?.attributes.get("sluice.file_url"),
      "http://***@localhost:8000/a.csv?token=***",
    )
    assert.include(String(served[2]?.attributes.get("url.query")), String(body["jobId"]))
    for (const span of spans) {
      const attributes = JSON.stringify([span.name, ...span.attributes])
      assert.notInclude(attributes, "hunter2")
      assert.notInclude(attributes, "swordfish")
    }
  }),
)
