import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import type { Claim } from "../../src/Domain/job/Claim.ts"
import { EndProcess } from "../../src/Domain/service/EndProcess.ts"
import { ServiceUnavailable } from "../../src/Domain/service/ServiceUnavailable.ts"
import { TestLog } from "../support/TestLog.ts"
import { TestWorker } from "../support/TestWorker.ts"

const outage = Effect.fail(new ServiceUnavailable({ operation: "test", message: "no route to host" }))

/** Long enough for one iteration of the claim loop and one heartbeat. */
const oneSecond = TestClock.adjust("1 second")

/** An event that a test waits for. */
const event = Deferred.makeUnsafe<void>

it.effect("a shutdown waits for a claim in progress and releases its job after the grace period", () => {
  const isClaiming = event()
  const mayClaim = event()
  const slow = TestWorker.layer({
    queue: (queue) => ({
      claim: (limit) =>
        Effect.tap(queue.claim(limit), (claimed) =>
          claimed.length === 0
            ? Effect.void
            : Effect.andThen(Deferred.succeed(isClaiming, undefined), Deferred.await(mayClaim)),
        ),
    }),
  })
  return Effect.gen(function* () {
    const { create, ended, nextLoad, start, stateOf } = yield* TestWorker
    const jobId = yield* create
    const { stop } = yield* start
    yield* Deferred.await(isClaiming)
    const stopping = yield* Effect.forkChild(stop)
    yield* Effect.yieldNow
    yield* Deferred.succeed(mayClaim, undefined)
    const held = yield* nextLoad
    yield* TestClock.adjust("20 seconds")
    yield* held.interrupted
    yield* Fiber.join(stopping)
    assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "released")
    assert.strictEqual(yield* stateOf(jobId), "retry")
  }).pipe(Effect.provide(slow))
})

it.effect(
  "a shutdown lets loads finish within the grace period, renews their claims, and claims no other job",
  () => {
    const touched: Array<Claim> = []
    const watched = TestWorker.layer({
      queue: (queue) => ({
        touch: (claims) => {
          touched.push(...claims)
          return queue.touch(claims)
        },
      }),
    })
    return Effect.gen(function* () {
      const { create, ended, nextLoad, start, stateOf } = yield* TestWorker
      const jobId = yield* create
      const { stop } = yield* start
      const held = yield* nextLoad
      const stopping = yield* Effect.forkChild(stop)
      yield* oneSecond
      const late = yield* create
      touched.length = 0
      yield* TestClock.adjust("15 seconds")
      assert.lengthOf(touched, 15)
      yield* held.continueAs(held.commit(2))
      yield* Fiber.join(stopping)
      assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "completed")
      assert.strictEqual(yield* stateOf(late), "created")
    }).pipe(Effect.provide(watched))
  },
)

it.effect(
  "loads stopped after the grace period keep their claims while they clean up, then release their jobs",
  () => {
    const touched: Array<Claim> = []
    const watched = TestWorker.layer({
      shutdownGrace: Duration.seconds(5),
      queue: (queue) => ({
        touch: (claims) => {
          touched.push(...claims)
          return queue.touch(claims)
        },
      }),
    })
    return Effect.gen(function* () {
      const { create, ended, nextLoad, start, stateOf } = yield* TestWorker
      const jobId = yield* create
      const { stop } = yield* start
      const held = yield* nextLoad
      const isClean = event()
      yield* held.continueAs(Effect.onInterrupt(Effect.never, () => Deferred.await(isClean)))
      const stopping = yield* Effect.forkChild(stop)
      yield* TestClock.adjust("5 seconds")
      touched.length = 0
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(new Set(touched), new Set([held.load.target.claim]))
      yield* Deferred.succeed(isClean, undefined)
      yield* Fiber.join(stopping)
      assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "released")
      assert.strictEqual(yield* stateOf(jobId), "retry")
    }).pipe(Effect.provide(watched))
  },
)

it.effect(
  "a load that commits during the shutdown is logged as completed without asking the database",
  () => {
    // The database goes away right after the commit.
    const thenGone = TestWorker.layer({ jobs: () => ({ release: () => outage, find: () => outage }) })
    return Effect.gen(function* () {
      const { create, ended, nextLoad, start, stateOf } = yield* TestWorker
      const jobId = yield* create
      const { stop } = yield* start
      const held = yield* nextLoad
      const isCommitting = event()
      const mayCommit = event()
      yield* held.continueAs(
        Effect.uninterruptible(
          Effect.andThen(Deferred.succeed(isCommitting, undefined), Deferred.await(mayCommit)).pipe(
            Effect.andThen(held.commit(7)),
          ),
        ),
      )
      yield* Deferred.await(isCommitting)
      const stopping = yield* Effect.forkChild(stop)
      yield* TestClock.adjust("20 seconds")
      yield* Deferred.succeed(mayCommit, undefined)
      yield* Fiber.join(stopping)
      assert.deepInclude((yield* ended(jobId)).annotations, { outcome: "completed", rows: 7 })
      assert.strictEqual(yield* stateOf(jobId), "completed")
    }).pipe(Effect.provide(thenGone))
  },
)

it.effect(
  "a shutdown without a limit lets a load finish after a long time, and is reported alive meanwhile",
  () => {
    let reports = 0
    const unlimited = TestWorker.layer({
      shutdownGrace: Duration.infinity,
      reportAlive: Effect.sync(() => void reports++),
    })
    return Effect.gen(function* () {
      const { create, ended, nextLoad, start, stateOf } = yield* TestWorker
      const jobId = yield* create
      const { stop } = yield* start
      const held = yield* nextLoad
      const stopping = yield* Effect.forkChild(stop)
      yield* oneSecond
      const late = yield* create
      yield* TestClock.adjust("10 minutes")
      reports = 0
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(reports, 10)
      assert.isUndefined(stopping.pollUnsafe())
      yield* held.continueAs(held.commit(2))
      yield* Fiber.join(stopping)
      const { logged } = yield* TestLog
      yield* logged(
        ({ annotations, message }) => message === "stopping: loads still run" && annotations["running"] === 1,
      )
      assert.strictEqual((yield* ended(jobId)).annotations["outcome"], "completed")
      assert.strictEqual(yield* stateOf(late), "created")
    }).pipe(Effect.provide(unlimited))
  },
)

it.effect("a worker that ends when it is idle does so once, and never during a load", () => {
  const ends: Array<string | null> = []
  const ending = TestWorker.layer({ stopWhenIdle: Duration.seconds(30) })
  return Effect.gen(function* () {
    const { create, ended, nextLoad, start } = yield* TestWorker
    yield* start
    yield* TestClock.adjust("25 seconds")
    const jobId = yield* create
    yield* oneSecond
    const held = yield* nextLoad
    yield* TestClock.adjust("10 minutes")
    yield* held.continueAs(held.commit(2))
    yield* ended(jobId)
    yield* TestClock.adjust("25 seconds")
    assert.deepStrictEqual(ends, [])
    yield* TestClock.adjust("1 minute")
    assert.deepStrictEqual(ends, [null])
  }).pipe(
    Effect.provideService(EndProcess, (failure) => Effect.sync(() => void ends.push(failure))),
    Effect.provide(ending),
  )
})
