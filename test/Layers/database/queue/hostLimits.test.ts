import { assert, layer } from "@effect/vitest"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import { JobId } from "../../../../src/Domain/job/Job.ts"
import { JobQueue } from "../../../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../../../src/Domain/job/Progress.ts"
import { loadError } from "../../../../src/Domain/load/LoadError.ts"
import { prometheusText } from "../../../../src/Domain/telemetry/prometheusText.ts"
import { CallerId } from "../../../../src/Domain/service/Caller.ts"
import { HealthReport } from "../../../../src/Domain/service/HealthSummary.ts"
import { Limits } from "../../../../src/Domain/service/Limits.ts"
import * as QueueMetrics from "../../../../src/Layers/database/QueueMetrics.ts"
import { SourceUrl } from "../../../../src/Domain/source/SourceUrl.ts"
import { claimJobs } from "../../../../src/Layers/database/queue/claim/claimJobs.ts"
import { isQueued, keptForHost, queueTable } from "../../../../src/Layers/database/queue/queueTable.ts"
import { claimedIds, connectWorker, createAs, withoutJobs } from "../../../support/claimFixtures.ts"
import { jobsForScaler } from "../../../support/jobsForScaler.ts"
import * as TestBackend from "../../../support/TestBackend.ts"

const limits = { "one.example": 1, "two.example": 2, "four.example": 4 }
const hosts = { usual: 4, ofHosts: JSON.stringify({ "one.example": 1, "two.example": 2 }) }

type Worker = Effect.Success<typeof connectWorker>

const claimOne = ({ client, replica }: Worker) =>
  claimJobs(client, {
    replica,
    limit: 1,
    runningJobs: 1000,
    runningHere: 1000,
    suspects: true,
    hosts,
    targets: [],
  })

const claimAtOnce = (workers: ReadonlyArray<Worker>) =>
  Effect.promise(async () => (await Promise.all(workers.map(claimOne))).flat())

interface PlanNode {
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly Plans?: ReadonlyArray<PlanNode>
}

/** The rows that all steps of a plan have read. Unlike pages, they do not depend on what VACUUM has cleaned up. */
const rowsRead = (node: PlanNode): number =>
  (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"] +
  (node.Plans ?? []).reduce((sum, part) => sum + rowsRead(part), 0)

/** Claims a job, and returns the number of rows that the claim has read. */
const rowsOfClaim = ({ client, replica }: Worker) =>
  Effect.promise(async () => {
    const { rows } = await client.query<{
      readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: PlanNode }>
    }>(
      `explain (analyze, format json) execute sluice_claim (${replica}, 1, 1000, 1000, true, 4, '${hosts.ofHosts}', '{}')`,
    )
    return rowsRead((rows[0]?.["QUERY PLAN"][0] ?? assert.fail()).Plan)
  })

/** The number of jobs that are kept for their hosts. */
const kept = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const rows = yield* sql.unsafe<{ readonly jobs: number }>(
    `select count(*)::integer as jobs from ${queueTable} where singleton_key = ${keptForHost}`,
  )
  return rows[0]?.jobs
})

const waitingOf = (jobId: JobId) =>
  Effect.flatMap(Jobs, (jobs) => Effect.map(jobs.find(jobId), (job) => Option.getOrThrow(job).waiting))

/** Without held hosts, too. */
const empty = Effect.andThen(
  withoutJobs,
  Effect.flatMap(PgClient.PgClient, (sql) => sql`delete from sluice.held_host`),
)

const busy = (retryAfter: Duration.Duration | null) =>
  loadError("source_unavailable", "busy.example responded with 429.", { retryAfter, isHostBusy: true })

/** The queue's metrics, as they are now. */
const metrics = Effect.scoped(
  Effect.gen(function* () {
    yield* Layer.build(QueueMetrics.layer)
    return (yield* prometheusText).split("\n")
  }),
)

/** A clock on which polls take no time, and no other wait ends. */
const pollingClock = (longestPoll: Duration.Duration): Clock.Clock => {
  let now = 0
  const nanos = () => BigInt(now) * 1_000_000n
  return {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Duration.isLessThanOrEqualTo(duration, longestPoll)
        ? Effect.sync(() => void (now += Duration.toMillis(duration)))
        : Effect.never,
  }
}

layer(TestBackend.layer({ SOURCE_HOST_CONCURRENCY: "4,one.example=1,two.example=2" }), {
  excludeTestServices: true,
  timeout: Duration.seconds(120),
})("the limits of hosts", (it) => {
  it.effect("of 24 workers that claim at once, never more get a job of a host than its limit", () =>
    Effect.gen(function* () {
      const queue = yield* JobQueue
      const workers = yield* Effect.all(Array.from({ length: 24 }, () => connectWorker))
      const release = ({ id, retryCount }: { readonly id: string; readonly retryCount: number }) =>
        queue.release({ jobId: JobId.make(id), retryCount })
      for (const [host, limit] of Object.entries(limits)) {
        yield* empty
        for (let n = 0; n < 8; n++) yield* createAs("a", { host })
        for (let round = 0; round < 10; round++) {
          const [one = assert.fail(host), ...others] = yield* claimAtOnce(workers)
          assert.lengthOf(others, limit - 1, host)
          yield* release(one)
          const [next = assert.fail(host), ...more] = yield* claimAtOnce(workers.slice(0, 4))
          assert.lengthOf(more, 0, host)
          yield* Effect.forEach([next, ...others], release)
        }
      }
    }),
  )

  it.effect("jobs of a full host are kept out of the way of the others", () =>
    Effect.gen(function* () {
      yield* empty
      const queue = yield* JobQueue
      for (let n = 0; n < 9; n++) yield* createAs("a", { host: "one.example" })
      const last = yield* createAs("a", { host: "one.example" })
      const other = yield* createAs("a")
      const [running = assert.fail()] = yield* queue.claim(1)
      assert.deepInclude(yield* waitingOf(last), { reason: "host", position: null, heldUntil: null })
      assert.deepStrictEqual(yield* claimedIds(10), [other])
      assert.strictEqual(yield* kept, 9)
      yield* createAs("b", { host: "one.example" })
      assert.strictEqual(yield* kept, 10)
      assert.isFalse(yield* queue.hasDue)
      yield* queue.fail(running.claim)
      assert.isTrue(yield* queue.hasDue)
      assert.strictEqual((yield* waitingOf(last))?.reason, "slot")
      const [next = assert.fail()] = yield* queue.claim(10)
      yield* queue.fail(next.claim)
      assert.lengthOf(yield* claimedIds(10), 1)
    }),
  )

  it.effect("a claim reads no more for thousands of jobs of a full host", () =>
    Effect.gen(function* () {
      yield* empty
      const sql = yield* PgClient.PgClient
      const worker = yield* connectWorker
      yield* createAs("a", { host: "one.example" })
      yield* createAs("a", { host: "one.example" })
      for (let n = 0; n < 6; n++) yield* createAs("b")
      for (let n = 0; n < 3; n++) yield* claimAtOnce([worker])
      assert.strictEqual(yield* kept, 1)
      const before = yield* rowsOfClaim(worker)
      const [columns] = yield* sql<{ names: string }>`
        select string_agg(quote_ident(attname), ', ') as names from pg_attribute
        where attrelid = ${queueTable}::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> 'id'`
      yield* sql.unsafe(`
        insert into ${queueTable} (id, ${columns?.names})
        select gen_random_uuid(), ${columns?.names} from ${queueTable}, generate_series(1, 10000)
        where ${isQueued} and singleton_key is not null`)
      // As autovacuum does within a minute: until then, plans are those of a queue with few jobs.
      yield* sql.unsafe(`analyze ${queueTable}`)
      const after = yield* rowsOfClaim(worker)
      assert.isBelow(after - before, 100, `${before} rows before, ${after} after`)
    }),
  )

  it.effect("a preview counts for its host, and gets the next place there", () =>
    Effect.gen(function* () {
      yield* empty
      const queue = yield* JobQueue
      const { preview } = yield* Limits
      const [started, end] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      for (let n = 0; n < 2; n++) yield* createAs("a", { host: "one.example" })
      const [running = assert.fail()] = yield* queue.claim(10)
      const reading = Effect.andThen(Deferred.succeed(started, undefined), Deferred.await(end))
      const previewing = yield* Effect.forkChild(
        preview(CallerId.make("b"), "http://one.example/file.csv", reading),
      )
      const sql = yield* PgClient.PgClient
      yield* Effect.repeat(sql`select from sluice.preview_place`, {
        until: (places) => places.length === 1,
        schedule: Schedule.spaced("10 millis"),
      })
      yield* queue.fail(running.claim)
      assert.deepStrictEqual(yield* claimedIds(10), [])
      yield* Deferred.await(started)
      assert.deepStrictEqual(yield* claimedIds(10), [])
      yield* Deferred.succeed(end, undefined)
      yield* Fiber.join(previewing)
      assert.lengthOf(yield* claimedIds(10), 1)
    }),
  )

  it.effect("a preview that has had no place for ten seconds is refused, and frees the next place", () =>
    Effect.gen(function* () {
      yield* empty
      const [queue, sql, { preview }] = [yield* JobQueue, yield* PgClient.PgClient, yield* Limits]
      for (let n = 0; n < 2; n++) yield* createAs("a", { host: "one.example" })
      const [running = assert.fail()] = yield* queue.claim(10)
      const clock = pollingClock(Duration.millis(500))
      const refusal = yield* preview(
        CallerId.make("b"),
        "http://one.example/file.csv",
        Effect.die("the preview started"),
      ).pipe(Effect.flip, Effect.provideService(Clock.Clock, clock))
      assert.deepInclude(refusal, { limit: "source_host", scope: "total", retryAfter: 5 })
      assert.strictEqual(clock.currentTimeMillisUnsafe(), 10_000)
      assert.lengthOf(yield* sql`select from sluice.preview_place`, 0)
      yield* queue.fail(running.claim)
      assert.lengthOf(yield* claimedIds(10), 1)
    }),
  )

  it.effect("jobs that wait for their hosts, and held hosts, are metrics, and in the summary", () =>
    Effect.gen(function* () {
      yield* empty
      const [queue, jobs] = [yield* JobQueue, yield* Jobs]
      for (let n = 0; n < 3; n++) yield* createAs("a", { host: "one.example" })
      const refused = yield* createAs("a", { host: "busy.example" })
      const claimed = yield* queue.claim(10)
      const { claim } = claimed.find(({ claim }) => claim.jobId === refused) ?? assert.fail()
      yield* jobs.retry(claim, busy(null), Duration.hours(1))
      for (let n = 0; n < 2; n++) yield* createAs("b", { host: "busy.example" })
      yield* createAs("b")
      const found = yield* metrics
      for (const line of [
        'sluice_queue_jobs{state="waiting"} 1',
        'sluice_queue_jobs{state="host"} 4',
        'sluice_queue_jobs{state="target"} 0',
        'sluice_queue_jobs{state="retrying"} 1',
        'sluice_queue_jobs{state="active"} 1',
        "sluice_hosts_held 1",
      ])
        assert.include(found, line)
      const { waiting, waitingForHost, waitingForTarget } = (yield* (yield* HealthReport).read).queue
      assert.deepStrictEqual([waiting, waitingForHost, waitingForTarget], [1, 4, 0])
      // The claim of the one that waits for a worker finds the others waiting for their hosts.
      assert.lengthOf(yield* claimedIds(10), 1)
      assert.strictEqual(yield* jobsForScaler, 2n)
    }),
  )

  it.effect(
    "a host that asks for fewer requests gets none for two minutes at most, the job itself for as long as asked",
    () =>
      Effect.gen(function* () {
        yield* empty
        const [queue, jobs, sql] = [yield* JobQueue, yield* Jobs, yield* PgClient.PgClient]
        const refused = yield* createAs("a", { host: "busy.example" })
        const [claimed = assert.fail()] = yield* queue.claim(1)
        const other = yield* createAs("b", { host: "busy.example" })
        const elsewhere = yield* createAs("b")
        yield* jobs.retry(claimed.claim, busy(Duration.hours(1)), Duration.hours(1))
        assert.deepStrictEqual(yield* claimedIds(10), [elsewhere])
        assert.isFalse(yield* queue.hasDue)
        assert.strictEqual((yield* waitingOf(refused))?.reason, "retry")
        const waiting = yield* waitingOf(other)
        assert.strictEqual(waiting?.reason, "held")
        const { heldUntil } = waiting ?? assert.fail()
        assert.isNotNull(heldUntil)
        const seconds = (DateTime.toEpochMillis(heldUntil) - Date.now()) / 1000
        assert.isTrue(seconds > 60 && seconds <= 125, `${seconds} s`)
        yield* sql`update sluice.held_host set held_until = now()`
        assert.isTrue(yield* queue.hasDue)
        assert.deepStrictEqual(yield* claimedIds(10), [other])
      }),
  )

  it.effect("of a job with several files, the host of the one that was refused is held", () =>
    Effect.gen(function* () {
      yield* empty
      const [queue, jobs] = [yield* JobQueue, yield* Jobs]
      const [fileUrl, further] = ["http://first.example/a.csv", "http://user@Busy.example:8000/b.csv"]
      yield* jobs.create({
        fileUrl: SourceUrl.make(fileUrl),
        otherUrls: [SourceUrl.make(further)],
        options: {},
      })
      const [claimed = assert.fail()] = yield* queue.claim(1)
      yield* jobs.retry(claimed.claim, busy(null).at({ fileUrl: further }), Duration.minutes(1))
      const first = yield* createAs("a", { host: "first.example" })
      const other = yield* createAs("a", { host: "busy.example" })
      assert.deepStrictEqual(yield* claimedIds(10), [first])
      assert.strictEqual((yield* waitingOf(other))?.reason, "held")
    }),
  )

  it.effect("the last attempt of a job holds its host as well", () =>
    Effect.gen(function* () {
      yield* empty
      const [queue, jobs] = [yield* JobQueue, yield* Jobs]
      for (let n = 0; n < 2; n++) yield* createAs("a", { host: "busy.example" })
      const [claimed = assert.fail()] = yield* queue.claim(1)
      yield* jobs.begin([{ ...claimed.claim, replica: claimed.replica }])
      assert.isTrue(yield* jobs.fail(claimed.claim, busy(Duration.minutes(1)), noCounters))
      assert.deepStrictEqual(yield* claimedIds(10), [])
    }),
  )
})
