import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as zlib from "node:zlib"
import { startWorker } from "../support/ServiceProcess.ts"
import { rangedFile } from "../support/RangedFile.ts"
import { TestService } from "../support/TestService.ts"

const Service = Layer.effectDiscard(
  Effect.flatMap(TestService, ({ environment }) => startWorker(environment)),
).pipe(Layer.provideMerge(TestService.layer({ MAX_ATTEMPTS: "1" })))

const rows = 100_000
const csv = Buffer.from(`id,name\n${Array.from({ length: rows }, (_, n) => `${n},Name ${n}\n`).join("")}`)
const sum = (rows * (rows - 1)) / 2

layer(Service, { excludeTestServices: true, timeout: Duration.seconds(60) })("a broken download", (it) => {
  for (const [name, body] of [
    ["people.csv", csv],
    ["people.csv.gz", zlib.gzipSync(csv)],
  ] as const)
    it.effect(`of ${name} is gone on with within one attempt, and every row is there once`, () =>
      Effect.gen(function* () {
        const { api, files, sql } = yield* TestService
        const breaks = [1, body.length >> 2, body.length >> 1, body.length - 1]
        const file = rangedFile(body, { headers: { etag: '"1"' }, breaks })
        yield* files.serve(`/${name}`, file.answer)
        const job = yield* api.reaches(yield* api.create(files.url(`/${name}`)), "completed", "failed")
        assert.deepStrictEqual(
          [job.state, job.attempt, job.progress.rowsLoaded, job.progress.bytesReceived],
          ["completed", 1, rows, body.length],
        )
        assert.strictEqual(file.served.length, breaks.length + 1)
        assert.deepStrictEqual(
          yield* sql`select count(*)::int as n, count(distinct name)::int as names, sum(id::bigint)::int8 as sum
            from ${sql(job.table)}`,
          [{ n: rows, names: rows, sum: BigInt(sum) }],
        )
      }),
    )
})
