import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as zlib from "node:zlib"
import { rangedFile } from "../support/RangedFile.ts"
import { TestService } from "../support/TestService.ts"

const rows = 50_000
const csv = Buffer.from(
  `id,name\n${Array.from({ length: rows }, (_, n) => `${n},"Name ${n}, with a comma"\n`).join("")}`,
)

const Service = TestService.layerWithWorker()

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("broken downloads", (it) => {
  for (const [kind, body] of [
    ["plain", csv],
    ["compressed", zlib.gzipSync(csv)],
  ] as const)
    it.effect(
      `a broken download of a ${kind} file resumes in the same COPY, and the job counts the resumes`,
      () =>
        Effect.gen(function* () {
          const { api, files, sql } = yield* TestService
          const path = `/${kind}.csv`
          const breaks = [0.2, 0.5, 0.9].map((share) => Math.floor(body.length * share))
          const file = rangedFile(body, { headers: { etag: '"1"', "content-type": "text/csv" }, breaks })
          yield* files.serve(path, file.answer)
          const job = yield* api.reaches(yield* api.create(files.url(path)), "completed", "failed")
          assert.deepInclude(job, { state: "completed", attempt: 1, error: null })
          assert.deepInclude(job.progress, { resumes: 3, rowsLoaded: rows, bytesReceived: body.length })
          assert.lengthOf(file.served, 4)
          assert.deepStrictEqual(
            yield* sql`select count(*)::int as n, count(distinct id)::int as ids from ${sql(job.table)}`,
            [{ n: rows, ids: rows }],
          )
        }),
    )
})
