import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as StatementCounter from "../../bench/world/StatementCounter.ts"
import * as CsvServer from "../support/CsvServer.ts"
import * as ServiceClient from "../support/ServiceClient.ts"
import { startApi, startWorker } from "../support/ServiceProcess.ts"
import { TestService } from "../support/TestService.ts"

const budget = { statementsPerSecond: 5, connections: 4 }

/** Long enough for the statements that are sent once a minute to be few among the others. */
const measured = Duration.seconds(20)

const statements = ({ read }: { readonly read: () => StatementCounter.StatementCounts }) =>
  [...read().byCommand.values()].reduce((sum, count) => sum + count, 0)

layer(TestService.layer(), { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "processes without work",
  (it) => {
    it.effect(
      "a worker and an API that have worked before send at most 5 statements a second, on at most 4 connections",
      () =>
        Effect.gen(function* () {
          const { environment, files } = yield* TestService
          const lines = {
            api: yield* StatementCounter.start(environment["DATABASE_URL"]!),
            worker: yield* StatementCounter.start(environment["DATABASE_URL"]!),
          }
          const { origin } = yield* startApi({ ...environment, DATABASE_URL: lines.api.url })
          yield* startWorker({ ...environment, DATABASE_URL: lines.worker.url })
          const api = ServiceClient.make(origin)
          yield* files.serve("/work.csv", CsvServer.file("n\n1\n"))
          const jobs = yield* Effect.forEach(
            Array.from({ length: 20 }),
            () => api.create(files.url("/work.csv")),
            { concurrency: "unbounded" },
          )
          yield* Effect.forEach(jobs, (jobId) => api.reaches(jobId, "completed"))
          const haveShrunk = () =>
            Object.values(lines).every(({ connections }) => connections() <= budget.connections)
          const shrinking = Effect.sleep("200 millis").pipe(
            Effect.repeat({ until: haveShrunk }),
            Effect.timeout("60 seconds"),
          )
          yield* shrinking
          const start = performance.now()
          const before = { api: statements(lines.api), worker: statements(lines.worker) }
          yield* Effect.sleep(measured)
          const seconds = (performance.now() - start) / 1000
          for (const name of ["api", "worker"] as const) {
            const perSecond = (statements(lines[name]) - before[name]) / seconds
            assert.isAtMost(perSecond, budget.statementsPerSecond, `statements of the ${name} per second`)
          }
          // Two statements at the same moment use one connection more, until it has been idle for its time.
          yield* shrinking
        }),
      120_000,
    )
  },
)
