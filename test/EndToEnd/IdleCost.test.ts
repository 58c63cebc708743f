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
      "a worker and an API that have worked before send at most 5 statements a second, on at most 4 connections, while jobs wait for a database that they lack",
      () =>
        Effect.gen(function* () {
          const { environment, files, sql } = yield* TestService
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
          yield* sql`update sluice.installation set targets = '{elsewhere}'`
          yield* sql`
            with added as (
              insert into sluice.job
              select made.* from generate_series(1, 1000) as n cross join sluice.job
                cross join lateral jsonb_populate_record(job, jsonb_build_object('id', gen_random_uuid(), 'table_name', 'waiting_' || n,
                  'target', 'elsewhere', 'final_state', null, 'finished_at', null, 'created_at', now())) as made
              where job.id = ${jobs[0]!}
              returning id
            ) insert into boss.job_common (id, name, data, state, policy, start_after)
            select id, 'load', jsonb_build_object('_tag', 'QueuedLoad', 'version', 6, 'jobId', id, 'traceparent', null, 'target', 'elsewhere'),
              'created', 'standard', now() from added`
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
