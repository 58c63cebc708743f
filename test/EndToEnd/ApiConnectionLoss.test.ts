import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as ServiceClient from "../support/ServiceClient.ts"
import { startApi } from "../support/ServiceProcess.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import { TestService } from "../support/TestService.ts"

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "an API that loses its database connections",
  (it) => {
    it.effect(
      "an API with dead database connections returns 503 in time for every call, and recovers",
      () =>
        Effect.gen(function* () {
          const { environment, files } = yield* TestService
          const url = environment["DATABASE_URL"] ?? ""
          const proxy = yield* TcpProxy.make(url)
          const process = yield* startApi({ ...environment, DATABASE_URL: proxy.through(url) })
          const api = ServiceClient.make(process.origin)
          const jobId = yield* api.create(files.url("/a.csv"))

          yield* proxy.pause
          const started = yield* Clock.currentTimeMillis
          const responses = yield* Effect.all(
            [
              api.get(`/job_status?jobId=${jobId}`),
              api.get(`/job_rejects?jobId=${jobId}`),
              api.cancel(jobId),
              api.post(files.url("/b.csv")),
              api.get("/health/ready"),
            ],
            { concurrency: "unbounded" },
          )
          // Promised: a call fails within ten seconds of an outage. The rest allows for a loaded machine.
          assert.isBelow((yield* Clock.currentTimeMillis) - started, 18_000)
          for (const { body, status } of responses) {
            assert.strictEqual(status, 503)
            assert.deepInclude(body, { code: "service_unavailable" })
          }

          yield* proxy.resume
          yield* proxy.cut
          const again = yield* Effect.eventually(api.create(files.url("/c.csv")))
          assert.strictEqual((yield* api.status(again)).state, "created")
        }),
      60_000,
    )

    it.effect(
      "a request whose job is created while the API loses its connection creates no other if repeated",
      () =>
        Effect.gen(function* () {
          const { environment, files, sql } = yield* TestService
          const url = environment["DATABASE_URL"] ?? ""
          const proxy = yield* TcpProxy.make(url)
          const process = yield* startApi({ ...environment, DATABASE_URL: proxy.through(url) })
          const api = ServiceClient.make(process.origin)
          const post = api.post(files.url("/lost.csv"), { "Idempotency-Key": "lost" })
          const losing = yield* Effect.forkChild(proxy.loseResponseTo("insert into sluice.job "), {
            startImmediately: true,
          })
          const lost = yield* post
          yield* Fiber.join(losing)
          assert.deepStrictEqual([lost.status, lost.contentType], [503, "application/problem+json"])
          assert.deepInclude(lost.body, { code: "service_unavailable" })
          const { body, status } = yield* post
          assert.strictEqual(status, 202)
          const found = yield* sql<{ id: string }>`select id from sluice.job where file_url like '%/lost.csv'`
          assert.lengthOf(found, 1)
          assert.deepInclude(body, { jobId: found[0]?.id })
          assert.lengthOf(yield* sql`select 1 from boss.job where id = ${found[0]?.id ?? null}::uuid`, 1)
        }),
    )

    it.effect("an API that loses its connection while it notifies the workers has created the job", () =>
      Effect.gen(function* () {
        const { environment, files } = yield* TestService
        const url = environment["DATABASE_URL"] ?? ""
        const proxy = yield* TcpProxy.make(url)
        const { origin } = yield* startApi({ ...environment, DATABASE_URL: proxy.through(url) })
        const api = ServiceClient.make(origin)
        const losing = yield* Effect.forkChild(proxy.loseResponseTo("pg_notify"), { startImmediately: true })
        assert.strictEqual((yield* api.post(files.url("/cut.csv"))).status, 202)
        yield* Fiber.join(losing)
        assert.strictEqual((yield* api.post(files.url("/cut.csv"))).status, 202)
      }),
    )
  },
)
