import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { loadError } from "../../src/Domain/load/LoadError.ts"
import { ServiceUnavailable } from "../../src/Domain/service/ServiceUnavailable.ts"
import { TestLog } from "../support/TestLog.ts"
import { TestWorker } from "../support/TestWorker.ts"

const outage = Effect.fail(new ServiceUnavailable({ operation: "test", message: "no route to host" }))

/** Long enough for one iteration of the claim loop and one heartbeat. */
const oneSecond = TestClock.adjust("1 second")

/** An event that a test waits for. */
const event = Deferred.makeUnsafe<void>

it.effect("a waiting job is claimed, loaded and logged as completed, with its rows", () =>
  Effect.gen(function* () {
    const { create, ended, nextLoad, start, stateOf } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const held = yield* nextLoad
    assert.strictEqual(yield* stateOf(jobId), "active")
    yield* held.continueAs(held.commit(2))
    assert.deepInclude((yield* ended(jobId)).annotations, { outcome: "completed", rows: 2, attempt: 1 })
    assert.strictEqual(yield* stateOf(jobId), "completed")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a new job is claimed at its signal, without waiting for the next poll", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start, stateOf } = yield* TestWorker
    yield* start
    yield* oneSecond
    const jobId = yield* create
    yield* nextLoad
    assert.strictEqual(yield* stateOf(jobId), "active")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a job whose signal is lost is claimed within a second", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start } = yield* TestWorker
    yield* start
    yield* oneSecond
    yield* create
    yield* oneSecond
    yield* nextLoad
  }).pipe(Effect.provide(TestWorker.layer({ queue: () => ({ signals: Stream.never }) }))),
)

it.effect("a worker without due jobs does not claim, and claims a retry when it is due", () => {
  let claims = 0
  const counted = TestWorker.layer({
    queue: (queue) => ({
      claim: (limit) => {
        claims++
        return queue.claim(limit)
      },
    }),
  })
  return Effect.gen(function* () {
    const { create, nextLoad, queue, start } = yield* TestWorker
    const jobId = yield* create
    const [claimed] = yield* queue.claim(1)
    if (claimed === undefined) return assert.fail("the job was not claimed")
    yield* queue.retry(claimed.claim, Duration.minutes(1))
    yield* start
    yield* oneSecond
    claims = 0
    yield* TestClock.adjust("58 seconds")
    assert.strictEqual(claims, 0)
    yield* TestClock.adjust("2 seconds")
    assert.strictEqual((yield* nextLoad).load.target.claim.jobId, jobId)
  }).pipe(Effect.provide(counted))
})

it.effect("a job whose start hangs is started by a retry, before its claim lapses", () => {
  let tries = 0
  return Effect.gen(function* () {
    const { create, nextLoad, start } = yield* TestWorker
    const jobId = yield* create
    yield* start
    yield* TestClock.adjust("8 seconds")
    const { load } = yield* nextLoad
    assert.deepStrictEqual(load.target.claim, { jobId, retryCount: 0 })
    assert.strictEqual(tries, 2)
  }).pipe(
    Effect.provide(
      TestWorker.layer({
        jobs: (jobs) => ({
          begin: (claims) => Effect.suspend(() => (++tries === 1 ? Effect.never : jobs.begin(claims))),
        }),
      }),
    ),
  )
})

it.effect("a worker claims no more jobs than it has free slots, and fills a free slot at once", () => {
  const limits: Array<number> = []
  const counted = TestWorker.layer({
    slots: 2,
    queue: (queue) => ({
      claim: (limit) => {
        limits.push(limit)
        return queue.claim(limit)
      },
    }),
  })
  return Effect.gen(function* () {
    const { create, nextLoad, queue, start } = yield* TestWorker
    const ids = yield* Effect.all([create, create, create])
    yield* start
    const first = yield* nextLoad
    yield* nextLoad
    for (let n = 0; n < 3; n++) yield* oneSecond
    const states = Effect.forEach(ids, (id) => queue.state(id))
    assert.deepStrictEqual(
      (yield* states).map((state) => (state._tag === "Some" ? state.value : null)),
      ["active", "active", "created"],
    )
    assert.deepStrictEqual(limits, [2])
    yield* first.continueAs(first.commit(2))
    const third = yield* nextLoad
    assert.strictEqual(third.load.target.claim.jobId, ids[2])
    assert.deepStrictEqual(limits, [2, 1])
  }).pipe(Effect.provide(counted))
})

it.effect("loads that wait for their sources leave the other slots to other jobs", () =>
  Effect.gen(function* () {
    const { create, opened, start } = yield* TestWorker
    yield* Effect.replicateEffect(create, 40)
    yield* start
    yield* TestClock.adjust("10 millis")
    assert.isBelow(opened(), 40)
    for (let n = 0; n < 10; n++) yield* TestClock.adjust("20 millis")
    assert.strictEqual(opened(), 40)
    yield* create
    for (let n = 0; n < 10; n++) yield* TestClock.adjust("1 millis")
    assert.strictEqual(opened(), 41)
  }).pipe(Effect.provide(TestWorker.layer({ slots: 48, source: { bytes: Stream.never } }))),
)

it.effect("a job claimed before an outage is started after it, with the same claim", () => {
  let outages = 3
  const flaky = TestWorker.layer({
    jobs: (jobs) => ({
      begin: (claims) => Effect.suspend(() => (outages-- > 0 ? outage : jobs.begin(claims))),
    }),
  })
  return Effect.gen(function* () {
    const { create, nextLoad, start } = yield* TestWorker
    const jobId = yield* create
    yield* start
    yield* TestClock.adjust("2 seconds")
    const { load } = yield* nextLoad
    assert.deepStrictEqual(load.target.claim, { jobId, retryCount: 0 })
  }).pipe(Effect.provide(flaky))
})

it.effect("jobs are claimed again after an outage of the queue", () => {
  let isOut = true
  const flaky = TestWorker.layer({
    queue: (queue) => ({ claim: (limit) => Effect.suspend(() => (isOut ? outage : queue.claim(limit))) }),
  })
  return Effect.gen(function* () {
    const { create, nextLoad, start } = yield* TestWorker
    const { lines } = yield* TestLog
    yield* create
    yield* start
    yield* TestClock.adjust("5 seconds")
    isOut = false
    yield* oneSecond
    yield* nextLoad
    const logged = lines.filter(
      ({ level, message }) => level !== "DEBUG" && message.includes("no job can be"),
    )
    assert.deepStrictEqual(
      logged.map(({ level }) => level),
      ["WARN", "INFO"],
    )
  }).pipe(Effect.provide(flaky))
})

it.effect("a claim that hangs times out after 15 seconds and does not delay a shutdown any longer", () => {
  const frozen = TestWorker.layer({ queue: () => ({ claim: () => Effect.never }) })
  return Effect.gen(function* () {
    const { start } = yield* TestWorker
    const { logged } = yield* TestLog
    const { stop } = yield* start
    yield* TestClock.adjust("15 seconds")
    yield* logged(({ annotations }) => annotations["reason"] === "no response within 15s")
    yield* oneSecond
    const stopping = yield* Effect.forkChild(stop)
    yield* TestClock.adjust("15 seconds")
    yield* Fiber.join(stopping)
  }).pipe(Effect.provide(frozen))
})

it.effect("a cancel's signal stops the load, which is logged as cancelled", () =>
  Effect.gen(function* () {
    const { create, ended, jobs, nextLoad, start } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const held = yield* nextLoad
    yield* jobs.cancel(jobId)
    yield* held.interrupted
    assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "cancelled")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a cancel whose signal is lost is detected by the heartbeat and logged as cancelled", () =>
  Effect.gen(function* () {
    const { create, ended, jobs, nextLoad, start } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const held = yield* nextLoad
    yield* jobs.cancel(jobId)
    yield* oneSecond
    yield* held.interrupted
    assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "cancelled")
  }).pipe(Effect.provide(TestWorker.layer({ queue: () => ({ signals: Stream.never }) }))),
)

it.effect("a load whose claim has lapsed is stopped, and the job's next attempt continues", () =>
  Effect.gen(function* () {
    const { create, ended, jobs, nextLoad, start, stateOf } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const first = yield* nextLoad
    // As the queue does when a worker sends no heartbeat.
    yield* jobs.retry(first.load.target.claim, loadError("database_unavailable", "silent"), Duration.zero)
    yield* oneSecond
    yield* first.interrupted
    assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "claim_lost")
    const second = yield* nextLoad
    assert.strictEqual(second.load.target.claim.retryCount, 1)
    yield* oneSecond
    yield* second.continueAs(second.commit(2))
    const { logged } = yield* TestLog
    yield* logged(({ annotations }) => annotations["outcome"] === "completed" && annotations["attempt"] === 2)
    assert.strictEqual(yield* stateOf(jobId), "completed")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a settling load is stopped neither by a cancel's signal nor by a heartbeat", () =>
  Effect.gen(function* () {
    const { create, ended, nextLoad, queue, start } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const held = yield* nextLoad
    const isSettling = event()
    const mayEnd = event()
    yield* held.continueAs(
      held.load.hooks.onSettling.pipe(
        Effect.andThen(Deferred.succeed(isSettling, undefined)),
        Effect.andThen(Deferred.await(mayEnd)),
        Effect.as(2),
      ),
    )
    yield* Deferred.await(isSettling)
    yield* queue.cancel(jobId)
    yield* oneSecond
    yield* oneSecond
    yield* Deferred.succeed(mayEnd, undefined)
    assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "completed")
  }).pipe(Effect.provide(TestWorker.layer())),
)
