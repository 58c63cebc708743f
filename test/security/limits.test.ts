import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schedule from "effect/Schedule"
import { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import { Jobs } from "../../src/Domain/job/Jobs.ts"
import { noCounters } from "../../src/Domain/job/Progress.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import { Caller, withKey, withoutKey } from "../../src/Domain/service/Caller.ts"
import { LimitReached, Limits } from "../../src/Domain/service/Limits.ts"
import { ordinaryScopes } from "../../src/Domain/service/Scope.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { assertProblem } from "../support/ApiHarness.ts"
import { ask, serveOnPort } from "../support/ApiServer.ts"
import * as JobsMemory from "../support/JobsMemory.ts"
import * as TcpProxy from "../support/TcpProxy.ts"
import * as TestBackend from "../support/TestBackend.ts"
import { TestDatabase } from "../support/TestDatabase.ts"

const file = SourceUrl.make("http://files.example/a.csv")
const alice = withoutKey("192.0.2.1")
const bob = withoutKey("192.0.2.2")
const carol = withoutKey("192.0.2.3")

const settings = {
  REQUESTS_PER_SECOND: "50",
  PREVIEWS_PER_CALLER: "2",
  TOTAL_PREVIEWS: "3",
  UNFINISHED_JOBS_PER_CALLER: "5",
  TOTAL_UNFINISHED_JOBS: "8",
  RUNNING_JOBS_PER_CALLER: "2",
  BYTES_PER_DAY_PER_CALLER: "1000 bytes",
}

/** A replica on the test's database. */
const replicaWith = (variables: Readonly<Record<string, string>>) =>
  Effect.map(Layer.build(Layer.fresh(TestBackend.onDatabase(variables))), (context) => {
    const limits = Context.get(context, Limits)
    const jobs = Context.get(context, Jobs)
    const create = (caller: Caller["Service"]) =>
      limits.create(caller.id, jobs.create({ fileUrl: file, options: {} }))
    return {
      limits,
      jobs,
      queue: Context.get(context, JobQueue),
      create: (caller: Caller["Service"]) => Effect.provideService(create(caller), Caller, caller),
    }
  })

const replica = replicaWith(settings)

/** Calls all at once; returns how many passed, and the limits of the others. */
const together = <A, E>(calls: ReadonlyArray<Effect.Effect<A, E>>) =>
  Effect.map(
    Effect.forEach(calls, (call) => Effect.result(call), { concurrency: "unbounded" }),
    (results) => {
      const failures = Arr.getFailures(results)
      const passed = Arr.getSuccesses(results)
      const refused = failures.filter((failure) => failure instanceof LimitReached)
      assert.lengthOf(refused, failures.length)
      return { passed, refused }
    },
  )

const times = <A>(count: number, make: () => A): ReadonlyArray<A> => Arr.makeBy(count, make)

const until = (scope: string) => ({
  until: (each: string) => each === scope,
  schedule: Schedule.spaced("20 millis"),
})

describe("two replicas share the limits", () => {
  it.live("of requests, of which a part is taken in advance", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* replica, yield* replica]
      const before = yield* Clock.currentTimeMillis
      const requests = [one, two].flatMap(({ limits }) => times(500, () => limits.request(alice.id)))
      const { passed, refused } = yield* together(requests)
      const seconds = ((yield* Clock.currentTimeMillis) - before) / 1000
      assert.isAtLeast(passed.length, 50)
      assert.isAtMost(passed.length, 50 * (1 + seconds) + 1)
      for (const { limit, retryAfter, scope } of refused)
        assert.deepStrictEqual([limit, scope, retryAfter], ["requests_per_second", "caller", 1])
      assert.lengthOf((yield* together([two.limits.request(bob.id)])).passed, 1)
      // Tokens return by the second.
      yield* Effect.retry(one.limits.request(alice.id), Schedule.spaced("50 millis"))
    }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
  )

  it.live("and strangers do not use up the requests of callers with keys", () =>
    Effect.gen(function* () {
      const { limits } = yield* replicaWith({ ...settings, TOTAL_REQUESTS_PER_SECOND: "100" })
      const strangers = times(20, () => 0).map((_, n) => withoutKey(`198.51.100.${n}`))
      const asked = strangers.flatMap(({ id }) => times(50, () => limits.request(id)))
      const { refused } = yield* together(asked)
      assert.include(
        refused.map(({ scope }) => scope),
        "total",
      )
      const { id } = withKey({ name: "alice", scopes: ordinaryScopes }, "198.51.100.1")
      assert.lengthOf((yield* together(times(40, () => limits.request(id)))).passed, 40)
    }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
  )

  it.live(
    "of previews, unfinished jobs, running jobs and bytes",
    () =>
      Effect.gen(function* () {
        const [one, two] = [yield* replica, yield* replica]

        const end = yield* Deferred.make<void>()
        const previews = yield* Effect.forkChild(
          Effect.all(
            [
              one.limits.preview(alice.id, file, Deferred.await(end)),
              two.limits.preview(alice.id, file, Deferred.await(end)),
              two.limits.preview(bob.id, file, Deferred.await(end)),
            ],
            { concurrency: "unbounded" },
          ),
        )
        const refusedTo = (caller: Caller["Service"], at: typeof one) =>
          Effect.map(Effect.result(at.limits.preview(caller.id, file, Effect.void)), (result) =>
            result._tag === "Failure" ? result.failure.scope : "none",
          )
        yield* Effect.repeat(refusedTo(alice, one), until("caller"))
        yield* Effect.repeat(refusedTo(carol, one), until("total"))
        yield* Deferred.succeed(end, undefined)
        yield* Fiber.join(previews)
        assert.strictEqual(yield* refusedTo(alice, two), "none")

        const ofAlice = yield* together([one, two].flatMap(({ create }) => times(6, () => create(alice))))
        assert.lengthOf(ofAlice.passed, 5)
        for (const { limit, scope } of ofAlice.refused)
          assert.deepStrictEqual([limit, scope], ["unfinished_jobs", "caller"])
        const ofBob = yield* together([one, two].flatMap(({ create }) => times(3, () => create(bob))))
        assert.lengthOf(ofBob.passed, 3)
        for (const { scope } of ofBob.refused) assert.strictEqual(scope, "total")

        // Alice's jobs are older, and those beyond her limit do not delay Bob's.
        const claimed = yield* Effect.all([one.queue.claim(10), two.queue.claim(10)], {
          concurrency: "unbounded",
        })
        const ids = new Set(claimed.flat().map(({ claim }) => claim.jobId))
        const idsOf = (jobs: typeof ofAlice.passed) => jobs.map(({ jobId }) => jobId)
        assert.lengthOf(
          idsOf(ofAlice.passed).filter((id) => ids.has(id)),
          2,
        )
        assert.lengthOf(
          idsOf(ofBob.passed).filter((id) => ids.has(id)),
          2,
        )
        assert.lengthOf(yield* one.queue.claim(10), 0)

        const claims = claimed.flat().map(({ claim }) => claim)
        yield* one.jobs.begin(claims)
        const mine = claims.find(({ jobId }) => idsOf(ofAlice.passed).includes(jobId))!
        yield* one.jobs.report([{ claim: mine, counters: { ...noCounters, bytesReceived: 2000 } }])
        yield* one.jobs.cancel(mine.jobId).pipe(Effect.provideService(Caller, alice))
        assert.lengthOf(yield* two.queue.claim(10), 1)

        // Another replica has not counted before.
        const three = yield* replica
        const { refused } = yield* together([three.create(alice)])
        assert.deepStrictEqual(
          refused.map(({ limit, scope }) => [limit, scope]),
          [["bytes_per_day", "caller"]],
        )
        assert.lengthOf((yield* together([three.create(carol)])).passed, 1)

        const four = yield* replicaWith({ ...settings, TOTAL_BYTES_PER_DAY: "1500 bytes" })
        assert.deepStrictEqual(
          (yield* together([four.create(carol)])).refused.map(({ limit, scope }) => [limit, scope]),
          [["bytes_per_day", "total"]],
        )
      }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
    90_000,
  )
})

const requestInto = (name: string) => ({
  fileUrl: file,
  options: { target: "lake", tableName: TableName.make(name) },
})

describe("near a limit", () => {
  it.live("the database of a table is asked before the locks are taken under which jobs are counted", () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const lake = Redacted.value((yield* TestDatabase.make).url)
      const sql = yield* PgClient.make({ url }).pipe(Effect.provide(Reactivity.layer))
      const locks = ["sluice uploads", `sluice jobs ${alice.id}`]
      const asked: Array<ReadonlyArray<boolean>> = []
      const areFree = Effect.forEach(locks, (lock) =>
        Effect.map(
          sql<{ free: boolean }>`select pg_try_advisory_xact_lock(hashtext(${lock}::text)) as free`,
          ([row]) => row?.free === true,
        ),
      )
      const tables = yield* TcpProxy.make(lake, () => ({
        toServer: async (piece, deliver) => {
          if (piece.includes("asked_for")) asked.push(await Effect.runPromise(areFree))
          deliver(piece)
        },
        toClient: (piece, deliver) => deliver(piece),
      }))
      const { jobs, limits } = yield* replicaWith({
        ...settings,
        TARGET_DATABASES: `lake=${tables.through(lake)}`,
      })
      yield* Effect.gen(function* () {
        yield* limits.create(alice.id, jobs.create(requestInto("asked_for_job")))
        const receiving = jobs.receive(requestInto("asked_for_upload"))
        yield* limits.create(alice.id, limits.upload(alice.id, receiving))
      }).pipe(Effect.provideService(Caller, alice))
      assert.isAtLeast(asked.length, 2)
      for (const free of asked) assert.deepStrictEqual(free, [true, true])
    }).pipe(Effect.scoped, Effect.provide(TestDatabase.layer)),
  )
})

const refuse = (limit: LimitReached["limit"]) =>
  Effect.fail(new LimitReached({ limit, scope: "caller", retryAfter: 7 }))

describe("a limit that is reached", () => {
  const noRequests = Layer.succeed(Limits, {
    request: () => refuse("requests_per_second"),
    preview: () => refuse("previews"),
    upload: () => refuse("uploads"),
    create: () => refuse("unfinished_jobs"),
  })
  const noJobs = Layer.succeed(Limits, {
    request: () => Effect.void,
    preview: () => refuse("previews"),
    upload: () => refuse("uploads"),
    create: () => refuse("bytes_per_day"),
  })
  const body = {
    contentType: "application/x-www-form-urlencoded",
    text: "fileUrl=http://x.example/",
  }

  const cases = [
    { layer: noRequests, limit: "requests_per_second", path: "/download_file", posts: true },
    { layer: noRequests, limit: "requests_per_second", path: "/job_status", posts: false },
    { layer: noRequests, limit: "requests_per_second", path: "/docs", posts: false },
    { layer: noRequests, limit: "requests_per_second", path: "/nothing", posts: false },
    { layer: noJobs, limit: "previews", path: "/preview", posts: true },
    { layer: noJobs, limit: "bytes_per_day", path: "/download_file", posts: true },
  ]

  it.live.each(cases)("of $limit is 429 with Retry-After for $path", ({ layer, limit, path, posts }) =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const logger = Logger.map(Logger.formatStructured, ({ annotations, message }) =>
        lines.push([[message].flat()[0], annotations["reason"]]),
      )
      const origin = yield* serveOnPort(JobsMemory.layer, {
        settings: Layer.merge(Logger.layer([logger]), layer),
      })
      for (let n = 0; n < 50; n++) {
        const answer = yield* ask(origin, path, posts ? body : undefined)
        assertProblem(answer, 429, "limit_reached")
        assert.strictEqual(answer.headers.get("retry-after"), "7")
      }
      assert.deepStrictEqual(lines.slice(1), [["request refused", limit]])
      const live = yield* ask(origin, "/health/live")
      assert.strictEqual(live.status, 200)
    }),
  )
})
