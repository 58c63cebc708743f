import { assert, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { ServiceUnavailable } from "../../../src/Domain/service/ServiceUnavailable.ts"
import { isProblemCode, problemCatalog } from "../../../src/Api/contract/problems/problemCatalog.ts"
import { loadErrorCatalog } from "../../../src/Domain/load/loadErrorCatalog.ts"
import { assertProblem, layerReadiness, serveInMemory } from "../../support/ApiHarness.ts"
import * as JobsMemory from "../../support/JobsMemory.ts"

const broken = new ServiceUnavailable({ operation: "ping", message: "no route to db1.internal" })

layer(JobsMemory.layer)("the system endpoints", (it) => {
  it.effect("the process is live while everything else is broken", () =>
    Effect.gen(function* () {
      const readiness = layerReadiness({ name: "database", check: Effect.fail(broken) })
      const call = yield* serveInMemory({ readiness })
      const answer = yield* call("/health/live")
      assert.strictEqual(answer.status, 200)
      assert.deepStrictEqual(answer.json, { status: "live" })
    }),
  )

  it.effect("the service is ready when every check succeeds", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      const answer = yield* call("/health/ready")
      assert.strictEqual(answer.status, 200)
      assert.deepStrictEqual(answer.json, { status: "ready", checks: { database: "ok", queue: "ok" } })
    }),
  )

  it.effect(
    "the service is not ready when a check fails, and the response has its name but not the cause",
    () =>
      Effect.gen(function* () {
        const readiness = layerReadiness(
          { name: "database", check: Effect.void },
          { name: "queue", check: Effect.fail(broken) },
        )
        const call = yield* serveInMemory({ readiness })
        const answer = yield* call("/health/ready")
        assertProblem(answer, 503, "service_unavailable")
        assert.deepStrictEqual(answer.json["checks"], { database: "ok", queue: "unavailable" })
        assert.include(String(answer.json["detail"]), "queue")
        assert.notInclude(answer.text, "db1.internal")
        assert.isNotNull(answer.headers.get("retry-after"))
      }),
  )

  it.effect("a check that does not respond fails after two seconds", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const readiness = layerReadiness(
        { name: "database", check: Effect.andThen(Deferred.succeed(asked, undefined), Effect.never) },
        { name: "queue", check: Effect.void },
      )
      const call = yield* serveInMemory({ readiness })
      const answering = yield* Effect.forkChild(call("/health/ready"))
      yield* Deferred.await(asked)
      yield* TestClock.adjust("2 seconds")
      const answer = yield* Fiber.join(answering)
      assertProblem(answer, 503, "service_unavailable")
      assert.deepStrictEqual(answer.json["checks"], { database: "unavailable", queue: "ok" })
    }),
  )

  it.effect("metrics are in the text format of Prometheus and count requests by route", () =>
    Effect.gen(function* () {
      const call = yield* serveInMemory()
      yield* call("/job_status?jobId=42")
      const answer = yield* call("/metrics")
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
      const counted =
        'http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_response_status_code="400",http_route="/job_status"}'
      assert.include(answer.text, counted)
      assert.notInclude(answer.text, 'route="/metrics"')
      assert.notInclude(answer.text, 'route="/health')
    }),
  )

  it.effect(
    "the type of every problem is the path of its explanation, and a job's error code has one too",
    () =>
      Effect.gen(function* () {
        const call = yield* serveInMemory()
        for (const [code, kind] of Object.entries(problemCatalog)) {
          const answer = yield* call(`/problems/${code}`)
          assert.strictEqual(answer.status, 200)
          assert.deepInclude(answer.json, { type: `/problems/${code}`, code, ...kind })
        }
        for (const [code, { isRetryable, meaning }] of Object.entries(loadErrorCatalog)) {
          const answer = yield* call(`/problems/${code}`)
          assert.strictEqual(answer.status, 200)
          assert.deepInclude(answer.json, { type: `/problems/${code}`, code, isRetried: isRetryable })
          if (!isProblemCode(code)) assert.deepInclude(answer.json, { status: null, meaning })
        }
        assert.deepInclude((yield* call("/problems/source_not_found")).json, { title: "Source not found" })
        assertProblem(yield* call("/problems/toString"), 404, "not_found")
      }),
  )
})
