import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ServiceClient from "../support/ServiceClient.ts"
import { startApi } from "../support/ServiceProcess.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import { TestService } from "../support/TestService.ts"

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "an API whose line to the database is spoilt",
  (it) => {
    it.effect(
      "that goes silent answers every call for jobs in time, with 503, and works again when it is over",
      () =>
        Effect.gen(function* () {
          const { environment, files } = yield* TestService
          const url = environment["DATABASE_URL"] ?? ""
          const line = yield* TcpProxy.make(url)
          const process = yield* startApi({ ...environment, DATABASE_URL: line.through(url) })
          const api = ServiceClient.make(process.origin)
          const jobId = yield* api.create(files.url("/a.csv"))

          yield* line.pause
          const started = yield* Clock.currentTimeMillis
          const answers = yield* Effect.all(
            [
              api.get(`/job_status?jobId=${jobId}`),
              api.get(`/job_rejects?jobId=${jobId}`),
              api.cancel(jobId),
              api.post(files.url("/b.csv")),
              api.get("/health/ready"),
            ],
            { concurrency: "unbounded" },
          )
          // Ten seconds, and as much again as two busy cores may need.
          assert.isBelow((yield* Clock.currentTimeMillis) - started, 18_000)
          for (const { body, status } of answers) {
            assert.strictEqual(status, 503)
            assert.deepInclude(body, { code: "service_unavailable" })
          }

          yield* line.resume
          yield* line.cut
          const again = yield* Effect.eventually(api.create(files.url("/c.csv")))
          assert.strictEqual((yield* api.status(again)).state, "created")
        }),
      60_000,
    )

    it.effect("and is lost in the middle of a job's creation answers 503, and no job was made", () =>
      Effect.gen(function* () {
        const { environment, files, sql } = yield* TestService
        const url = environment["DATABASE_URL"] ?? ""
        const line = yield* TcpProxy.make(url)
        const process = yield* startApi({ ...environment, DATABASE_URL: line.through(url) })
        const api = ServiceClient.make(process.origin)
        yield* Effect.forkChild(line.loseAnswerTo("insert into sluice.job"))
        const { body, status } = yield* api.post(files.url("/lost.csv"))
        assert.strictEqual(status, 503)
        assert.deepInclude(body, { code: "service_unavailable" })
        assert.deepStrictEqual(yield* sql`select 1 from sluice.job where file_url like '%/lost.csv'`, [])
      }),
    )
  },
)
