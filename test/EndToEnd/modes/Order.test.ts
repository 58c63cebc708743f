import { assert, layer } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CsvServer from "../../support/CsvServer.ts"
import { startWorker } from "../../support/ServiceProcess.ts"
import { TestService } from "../../support/TestService.ts"
import { patience } from "./loadText.ts"

const jobs = 10

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "jobs on one table",
  (it) => {
    it.effect(
      "run one after the other in the order in which they were posted, on any replica",
      () =>
        Effect.gen(function* () {
          const { api, environment, files, sql } = yield* TestService
          yield* Effect.all([startWorker(environment), startWorker(environment)], { concurrency: 2 })
          yield* files.serve("/0.csv", CsvServer.byHand)
          const ids = yield* Effect.forEach(Arr.range(0, jobs - 1), (n) =>
            Effect.gen(function* () {
              const text = `n,same\n${n},x\n`
              if (n > 0) yield* files.serve(`/${n}.csv`, CsvServer.file(text))
              // Every other one keeps the rows before.
              const mode = n % 2 === 0 ? "replace" : "append"
              return yield* api.create(files.url(`/${n}.csv`), { tableName: "queue", mode })
            }),
          )
          const exchange = yield* files.request("/0.csv")
          for (const [n, id] of ids.entries()) {
            const { state, waitsFor } = yield* api.status(id)
            assert.strictEqual(state, n === 0 ? "active" : "created")
            assert.strictEqual(waitsFor, n === 0 ? null : ids[n - 1])
          }
          yield* CsvServer.file("n,same\n0,x\n")(exchange)
          const ended = yield* Effect.forEach(ids, (id) => api.reaches(id, "completed", "failed"))
          assert.deepStrictEqual(
            ended.map(({ state, waitsFor }) => [state, waitsFor]),
            ids.map(() => ["completed", null]),
          )
          for (const [before, after] of Arr.zip(ended, ended.slice(1)))
            assert.isAtLeast(
              DateTime.toEpochMillis(after.startedAt ?? after.createdAt),
              DateTime.toEpochMillis(before.finishedAt ?? after.createdAt),
            )
          assert.deepStrictEqual(yield* sql`select n from queue order by n`, [{ n: "8" }, { n: "9" }])
        }),
      patience,
    )
  },
)
