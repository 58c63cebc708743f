import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { TableName } from "../../../../src/Domain/load/TableName.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")

layer(TestBackend.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "the end of a job",
  (it) => {
    it.effect.each([
      { change: "set state = 'cancelled'", ends: "cancelled", code: null },
      { change: "set state = 'failed'", ends: "failed", code: "worker_lost" },
      { change: "set state = 'completed'", ends: "failed", code: "worker_lost" },
      { change: "deleted", ends: "failed", code: "worker_lost" },
    ])(
      "a job that was $change in the queue by hand ends as $ends and frees its name",
      ({ change, code, ends }) =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          const jobs = yield* Jobs
          const request = { fileUrl, options: { tableName: TableName.make(`by hand ${change}`) } }
          const { jobId } = yield* jobs.create(request)
          const byHand = change === "deleted" ? "delete from boss.job" : `update boss.job ${change}`
          yield* sql.unsafe(`${byHand} where id = '${jobId}'`)
          const job = Option.getOrThrow(yield* jobs.find(jobId))
          assert.deepStrictEqual([job.state, job.error?.code ?? null], [ends, code])
          assert.isNotNull(job.finishedAt)
          assert.deepStrictEqual(yield* jobs.find(jobId), Option.some(job))
          yield* jobs.cancel((yield* jobs.create(request)).jobId)
        }),
    )
  },
)
