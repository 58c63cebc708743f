import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { Caller, withKey } from "../../../../src/Domain/service/Caller.ts"
import { ordinaryScopes } from "../../../../src/Domain/service/Scope.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "Looking for jobs",
  (it) => {
    it.effect("jobs that many ask for at once are found, each by its owner alone", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const callers = ["alice", "bob"].map((name) => withKey({ name, scopes: ordinaryScopes }, "127.0.0.1"))
        const ids = yield* Effect.forEach(callers, (caller) =>
          Effect.map(
            Effect.provideService(jobs.create({ fileUrl, options: {} }), Caller, caller),
            ({ jobId }) => jobId,
          ),
        )
        const asked = Array.from({ length: 40 }, (_, n) => ({
          caller: callers[n % 2]!,
          jobId: ids[n % 4 < 2 ? 0 : 1]!,
        }))
        const found = yield* Effect.forEach(
          asked,
          ({ caller, jobId }) => Effect.provideService(jobs.find(jobId), Caller, caller),
          { concurrency: "unbounded" },
        )
        for (const [n, job] of found.entries()) {
          const { caller, jobId } = asked[n]!
          const expected = ids[callers.indexOf(caller)] === jobId ? jobId : undefined
          assert.strictEqual(Option.getOrUndefined(job)?.jobId, expected)
        }
      }),
    )

    it.effect("a key with the name null sees no more than its own jobs next to a key that sees all", () =>
      Effect.gen(function* () {
        const jobs = yield* Jobs
        const callers = ["admin", "null"].map((name) =>
          withKey(
            { name, scopes: name === "admin" ? new Set(["admin"] as const) : ordinaryScopes },
            "127.0.0.1",
          ),
        )
        const { jobId } = yield* Effect.provideService(
          jobs.create({ fileUrl, options: {} }),
          Caller,
          callers[0]!,
        )
        const found = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, n) => callers[n % 2]!),
          (caller) => Effect.provideService(jobs.find(jobId), Caller, caller),
          { concurrency: "unbounded" },
        )
        assert.deepStrictEqual(
          found.map(Option.isSome),
          found.map((_, n) => n % 2 === 0),
        )
      }),
    )

    it.effect("a job is found although a newer version has written what this one does not know", () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        const jobs = yield* Jobs
        const { jobId } = yield* jobs.create({ fileUrl, options: {} })
        const place = { line: 3, column: null, record: null, byteOffset: null }
        const error = { code: "eclipse", message: "The sun is gone.", ...place }
        yield* sql`
          update sluice.job set error = ${JSON.stringify(error)}::text::jsonb, findings = '{"planets": 9}',
            columns = '[{"name": "a", "header": "a", "type": {"hologram": 3}}]', options = '{"orbit": true, "delimiter": []}'
          where id = ${jobId}`
        const job = Option.getOrThrow(yield* jobs.find(jobId))
        assert.deepStrictEqual(job.error, { ...error, code: "internal_error" })
        assert.deepStrictEqual([job.columns, job.dialect, job.warnings], [null, null, null])
        yield* jobs.cancel(jobId)
      }),
    )
  },
)
