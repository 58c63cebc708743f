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

/** Long enough for the claim loop and the heartbeat to have had a turn. */
const aBeat = TestClock.adjust("1 second")

/** A switch that a test turns over once. */
const gate = Deferred.makeUnsafe<void>

it.effect("a waiting job is claimed, loaded and told as completed, with its rows", () =>
  Effect.gen(function* () {
    const { create, ended, nextLoad, start, stateOf } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const held = yield* nextLoad
    assert.strictEqual(yield* stateOf(jobId), "active")
    yield* held.goOn(held.commit(2))
    assert.deepInclude((yield* ended(jobId)).annotations, { outcome: "completed", rows: 2, attempt: 1 })
    assert.strictEqual(yield* stateOf(jobId), "completed")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a job that comes up later is claimed when its signal says so, with no second passing", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start, stateOf } = yield* TestWorker
    yield* start
    yield* aBeat
    const jobId = yield* create
    yield* nextLoad
    assert.strictEqual(yield* stateOf(jobId), "active")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a job whose signal is lost is claimed within a second", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start } = yield* TestWorker
    yield* start
    yield* aBeat
    yield* create
    yield* aBeat
    yield* nextLoad
  }).pipe(Effect.provide(TestWorker.layer({ queue: () => ({ signals: Stream.never }) }))),
)

it.effect(
  "a claimed job whose beginning gets no answer is begun all the same, before its claim lapses",
  () => {
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
  },
)

it.effect("never more jobs are taken than there are slots, and a slot that is free is filled at once", () => {
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
    for (let beats = 0; beats < 3; beats++) yield* aBeat
    const states = Effect.forEach(ids, (id) => queue.state(id))
    assert.deepStrictEqual(
      (yield* states).map((state) => (state._tag === "Some" ? state.value : null)),
      ["active", "active", "created"],
    )
    assert.deepStrictEqual(limits, [2])
    yield* first.goOn(first.commit(2))
    const third = yield* nextLoad
    assert.strictEqual(third.load.target.claim.jobId, ids[2])
    assert.deepStrictEqual(limits, [2, 1])
  }).pipe(Effect.provide(counted))
})

it.effect("a claimed job whose start meets an outage is started when it is over, in the same claim", () => {
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

it.effect("an outage of the queue is outlived: jobs are claimed again when it is over", () => {
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
    yield* aBeat
    yield* nextLoad
    const told = lines.filter(({ level, message }) => level !== "DEBUG" && message.includes("no job can be"))
    assert.deepStrictEqual(
      told.map(({ level }) => level),
      ["WARN", "INFO"],
    )
  }).pipe(Effect.provide(flaky))
})

it.effect(
  "a claim that gets no answer is given up after 15 seconds, and a shutdown meanwhile is not held up",
  () => {
    const frozen = TestWorker.layer({ queue: () => ({ claim: () => Effect.never }) })
    return Effect.gen(function* () {
      const { start } = yield* TestWorker
      const { logged } = yield* TestLog
      const { stop } = yield* start
      yield* TestClock.adjust("15 seconds")
      yield* logged(({ annotations }) => annotations["reason"] === "no answer within 15s")
      yield* aBeat
      const stopping = yield* Effect.forkChild(stop)
      yield* TestClock.adjust("15 seconds")
      yield* Fiber.join(stopping)
    }).pipe(Effect.provide(frozen))
  },
)

it.effect("a cancelled job's load is stopped by the signal, and told as cancelled", () =>
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

it.effect("a cancel whose signal is lost is noticed by the heartbeat, and told as cancelled", () =>
  Effect.gen(function* () {
    const { create, ended, jobs, nextLoad, start } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const held = yield* nextLoad
    yield* jobs.cancel(jobId)
    yield* aBeat
    yield* held.interrupted
    assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "cancelled")
  }).pipe(Effect.provide(TestWorker.layer({ queue: () => ({ signals: Stream.never }) }))),
)

it.effect("a load whose claim has lapsed is stopped and told so; the job's next attempt goes on", () =>
  Effect.gen(function* () {
    const { create, ended, jobs, nextLoad, start, stateOf } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const first = yield* nextLoad
    // As the queue does for a worker it takes for dead.
    yield* jobs.retry(first.load.target.claim, loadError("database_unavailable", "silent"), Duration.zero)
    yield* aBeat
    yield* first.interrupted
    assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "claim_lost")
    const second = yield* nextLoad
    assert.strictEqual(second.load.target.claim.retryCount, 1)
    yield* aBeat
    yield* second.goOn(second.commit(2))
    const { logged } = yield* TestLog
    yield* logged(({ annotations }) => annotations["outcome"] === "completed" && annotations["attempt"] === 2)
    assert.strictEqual(yield* stateOf(jobId), "completed")
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a load that settles is stopped neither by a cancel's signal nor by a beat", () =>
  Effect.gen(function* () {
    const { create, ended, nextLoad, queue, start } = yield* TestWorker
    const jobId = yield* create
    yield* start
    const held = yield* nextLoad
    const isSettling = gate()
    const mayEnd = gate()
    yield* held.goOn(
      held.load.hooks.onSettling.pipe(
        Effect.andThen(Deferred.succeed(isSettling, undefined)),
        Effect.andThen(Deferred.await(mayEnd)),
        Effect.as(2),
      ),
    )
    yield* Deferred.await(isSettling)
    yield* queue.cancel(jobId)
    yield* aBeat
    yield* aBeat
    yield* Deferred.succeed(mayEnd, undefined)
    assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "completed")
  }).pipe(Effect.provide(TestWorker.layer())),
)
