import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schedule from "effect/Schedule"
import { JobFence } from "../../../../src/Domain/job/fence/JobFence.ts"
import type { JobId } from "../../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import { Caller, withoutKey } from "../../../../src/Domain/service/Caller.ts"
import { HealthReport } from "../../../../src/Domain/service/HealthSummary.ts"
import { isActive, keptForHost, queueTable } from "../../../../src/Layers/database/queue/queueTable.ts"
import { runAttempt } from "../../../../src/Worker/runAttempt.ts"
import { settleAttempt } from "../../../../src/Worker/settleAttempt.ts"
import { claimedNow, create, createWith } from "../../../support/jobFixtures.ts"
import { jobsForScaler } from "../../../support/jobsForScaler.ts"
import { jobOf, runningWith } from "../../../support/SinkLoads.ts"
import * as TcpProxy from "../../../support/TcpProxy.ts"
import * as TestBackend from "../../../support/TestBackend.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"
import { TestLog } from "../../../support/TestLog.ts"
import { newSlot } from "../../../support/TestWorker.ts"

/** The connections to the database for tables, and an operator's own. */
class Line extends Context.Service<Line, TcpProxy.TcpProxy & { readonly operator: PgClient.PgClient }>()(
  "sluice/test/Line",
) {}

const Lake = Layer.unwrap(
  Effect.gen(function* () {
    const { url } = yield* TestDatabase.make
    const lake = Redacted.value(url)
    const proxy = yield* TcpProxy.make(lake)
    const operator = yield* PgClient.make({ url })
    return Layer.merge(
      TestBackend.layer({ TARGET_DATABASES: `lake=${proxy.through(lake)}` }),
      Layer.succeed(Line, { ...proxy, operator }),
    )
  }),
).pipe(Layer.provide(Reactivity.layer), Layer.provideMerge(TestLog.layer))

const cancelled = (jobId: JobId) =>
  Effect.catchTags(
    Effect.flatMap(Jobs, ({ cancel }) => cancel(jobId)),
    {
      JobNotFound: Effect.die,
      JobAlreadyFinished: Effect.die,
    },
  )

const poll = Schedule.spaced("50 millis")

layer(Lake, { excludeTestServices: true, timeout: Duration.seconds(60) })(
  "an outage of a database for tables",
  (it) => {
    it.effect(
      "its jobs wait for a worker while none runs, also if one that ended in the outage has left its row",
      () =>
        Effect.gen(function* () {
          const sql = yield* PgClient.PgClient
          assert.strictEqual(yield* jobsForScaler, 0n)
          const { jobId } = yield* createWith({ target: "lake" })
          yield* sql`insert into sluice.worker (replica, slots, started_at, targets) values (999, 48, now(), '{}')`
          assert.deepInclude((yield* jobOf(jobId)).waiting, { reason: "slot", position: 1 })
          const { waiting, waitingForTarget } = (yield* (yield* HealthReport).read).queue
          assert.deepStrictEqual([waiting, waitingForTarget], [1, 0])
          assert.strictEqual(yield* jobsForScaler, 1n)
          // No worker would find out that the host of a kept job has a place again.
          yield* sql.unsafe(`update ${queueTable} set singleton_key = ${keptForHost} where id = '${jobId}'`)
          assert.strictEqual(yield* jobsForScaler, 1n)
          yield* (yield* Jobs).cancel(jobId)
        }),
    )

    it.effect(
      "its jobs wait until it responds, also that whose attempt met the outage, and use up no attempt",
      () =>
        Effect.gen(function* () {
          const line = yield* Line
          const sql = yield* PgClient.PgClient
          const queue = yield* JobQueue
          const met = yield* runningWith({ target: "lake" })
          const { jobId } = yield* createWith({ target: "lake" })
          yield* Effect.provideService(createWith({ target: "lake" }), Caller, withoutKey("127.0.0.2"))
          yield* Effect.gen(function* () {
            yield* line.close
            const { error, outcome } = yield* runAttempt(newSlot(met.attempt), claimedNow)
            assert.deepStrictEqual([outcome, error?.code], ["released", "database_unavailable"])
            assert.isFalse(yield* queue.hasDue)
            const other = yield* create
            assert.isTrue(yield* queue.hasDue)
            const ids = (yield* queue.claim(100)).map(({ claim }) => claim.jobId)
            assert.deepStrictEqual(ids, [other.jobId])
            for (const id of [met.jobId, jobId])
              yield* Effect.repeat(jobOf(id), {
                until: ({ waiting }) => waiting?.reason === "target" && waiting.position === null,
                schedule: poll,
              })
            // Another worker would not start them either.
            const health = yield* HealthReport
            const { queue: counts } = yield* Effect.repeat(health.read, {
              until: (summary) => summary.queue.waitingForTarget > 0,
              schedule: poll,
            })
            assert.deepStrictEqual([counts.waiting, counts.waitingForTarget], [0, 3])
            const [active] = yield* sql.unsafe<{ count: bigint }>(
              `select count(*) from boss.job where ${isActive}`,
            )
            assert.strictEqual(yield* jobsForScaler, active?.count)
            // Jobs that wait for their database, the caller's own and those of others, are not before it.
            assert.strictEqual((yield* jobOf((yield* create).jobId)).waiting?.position, 1)
          }).pipe(Effect.ensuring(line.open))
          const started = yield* Effect.repeat(queue.claim(100), {
            until: (loads) => loads.some(({ claim }) => claim.jobId === met.jobId),
            schedule: poll,
          })
          assert.include(
            started.map(({ claim }) => claim.jobId),
            jobId,
          )
          const attempts = yield* (yield* Jobs).begin(
            started.map(({ claim, replica }) => ({
              replica,
              jobId: claim.jobId,
              retryCount: claim.retryCount,
            })),
          )
          assert.isTrue(attempts.every(({ attempt }) => attempt === 1))
        }),
    )

    it.effect(
      "uses up an attempt of a load that was reading, which may be what takes its database down",
      () =>
        Effect.gen(function* () {
          const line = yield* Line
          const slot = newSlot((yield* runningWith({ target: "lake" })).attempt)
          slot.progress.source = {
            bytesTotal: null,
            bytesReceived: () => 1,
            resumes: () => 0,
            compression: () => null,
            current: null,
          }
          const failure = Exit.fail(loadError("database_unavailable", "The connection is gone."))
          const { outcome } = yield* line.close.pipe(
            Effect.andThen(settleAttempt(slot, failure)),
            Effect.ensuring(line.open),
          )
          assert.strictEqual(outcome, "retry")
        }),
    )

    it.effect("is shown after a write of it has failed, and one has hung", () =>
      Effect.gen(function* () {
        const line = yield* Line
        const sql = yield* PgClient.PgClient
        const { responds } = yield* JobFence
        yield* (yield* JobQueue).claim(1)
        const shownWith = (names: ReadonlyArray<string>) =>
          Effect.repeat(sql<{ targets: ReadonlyArray<string> }>`select targets from sluice.worker`, {
            until: ([worker]) => worker?.targets.join() === names.join(),
            schedule: poll,
          })
        yield* shownWith(["lake"])
        yield* sql`create sequence sluice.shows`
        yield* sql.unsafe(`
          create function sluice.disturb() returns trigger language plpgsql as $$ begin
            case nextval('sluice.shows') when 1 then raise 'fails once'; when 2 then perform pg_sleep(600); else null; end case;
            return new;
          end $$`)
        yield* sql`create trigger disturb before insert on sluice.worker for each row execute function sluice.disturb()`
        yield* Effect.gen(function* () {
          yield* line.close
          assert.isFalse(yield* responds("lake"))
          const sessions = sql<{ pid: number; hangs: boolean }>`
            select pid, wait_event = 'PgSleep' as hangs from pg_stat_activity
            where datname = current_database() and application_name = 'sluice replica'`
          const found = yield* Effect.repeat(sessions, {
            until: (found) => found.length === 2,
            schedule: poll,
          })
          // The server would keep its lock until the statement ends.
          for (const { hangs, pid } of found) if (hangs) yield* sql`select pg_terminate_backend(${pid})`
          yield* shownWith([])
        }).pipe(Effect.ensuring(line.open))
        assert.isTrue(yield* responds("lake"))
        yield* shownWith(["lake"])
      }),
    )

    it.effect(
      "is not assumed if the database responds and a table of the service is missing, which is named",
      () =>
        Effect.gen(function* () {
          const { operator } = yield* Line
          const { lines, logged } = yield* TestLog
          const queue = yield* JobQueue
          const { attempt } = yield* runningWith({ target: "lake" })
          const { jobId } = yield* createWith({ target: "lake" })
          const before = lines.length
          yield* operator`alter table sluice.load rename to load_gone`
          const { annotations } = yield* Effect.gen(function* () {
            const refused = yield* Effect.flip((yield* JobFence).open(attempt.claim, "lake"))
            assert.strictEqual(refused._tag === "LoadError" && refused.code, "database_unavailable")
            assert.include(String(refused), "a part of the schema sluice there is missing")
            const { detail = "" } = yield* Effect.flip(cancelled(attempt.claim.jobId))
            assert.include(detail, "The database lake cannot be used until the operator repairs")
            return yield* logged(
              (line) => lines.indexOf(line) >= before && /settled|respond/.test(line.message),
            )
          }).pipe(Effect.ensuring(Effect.orDie(operator`alter table sluice.load_gone rename to load`)))
          assert.strictEqual(annotations["target"], "lake")
          assert.include(String(annotations["reason"]), 'relation "sluice.load" does not exist')
          const claimed = yield* queue.claim(100)
          assert.include(
            claimed.map(({ claim }) => claim.jobId),
            jobId,
          )
        }),
    )
  },
)
