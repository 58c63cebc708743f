import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { TestClock } from "effect/testing"
import type { JobId } from "../../src/Domain/job/Job.ts"
import { JobsMemory } from "../support/JobsMemory.ts"
import { TestLog } from "../support/TestLog.ts"
import { TestWorker } from "../support/TestWorker.ts"

/** Long enough for one iteration of the claim loop and one heartbeat. */
const oneSecond = TestClock.adjust("1 second")

/** Makes every waiting job crash its worker this many times. */
const crashed = Effect.fnUntraced(function* (times: number) {
  const { jobs, queue } = yield* TestWorker
  const { crash } = yield* JobsMemory
  for (let n = 0; n < times; n++) {
    const claims = (yield* queue.claim(100)).map(({ claim }) => claim)
    yield* jobs.begin(claims)
    yield* Effect.forEach(claims, crash)
  }
})

const attemptOf = Effect.fnUntraced(function* (jobId: JobId) {
  const { jobs } = yield* TestWorker
  const job = Option.getOrThrow(yield* jobs.find(jobId))
  return [job.state, job.attempt] as const
})

it.effect("jobs whose workers crashed once are loaded like any others", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start } = yield* TestWorker
    yield* create
    yield* create
    yield* crashed(1)
    yield* start
    yield* nextLoad
    yield* nextLoad
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a job whose workers crashed twice is loaded alone, and other jobs wait meanwhile", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start, stateOf } = yield* TestWorker
    const suspect = yield* create
    yield* crashed(2)
    const others = yield* Effect.all([create, create])
    yield* start
    const alone = yield* nextLoad
    assert.strictEqual(alone.load.target.claim.jobId, suspect)
    yield* oneSecond
    yield* oneSecond
    for (const other of others) assert.strictEqual(yield* stateOf(other), "created")

    yield* alone.continueAs(alone.commit(2))
    const after = [yield* nextLoad, yield* nextLoad]
    assert.sameMembers(
      after.map(({ load }) => load.target.claim.jobId),
      others,
    )
    for (const other of others) assert.deepStrictEqual(yield* attemptOf(other), ["active", 1])
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("suspects are loaded one after another", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start, stateOf } = yield* TestWorker
    const suspects = yield* Effect.all([create, create, create])
    yield* crashed(2)
    yield* start
    for (const suspect of suspects) {
      const alone = yield* nextLoad
      assert.strictEqual(alone.load.target.claim.jobId, suspect)
      yield* oneSecond
      const states = yield* Effect.forEach(suspects, stateOf)
      assert.lengthOf(
        states.filter((state) => state === "active"),
        1,
      )
      yield* alone.continueAs(alone.commit(2))
    }
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a suspect waits for the running loads, and no other load starts meanwhile", () =>
  Effect.gen(function* () {
    const { create, nextLoad, opened, queue, start, stateOf } = yield* TestWorker
    const { crash } = yield* JobsMemory
    const suspect = yield* create
    yield* crashed(1)
    yield* start
    const once = yield* nextLoad
    yield* create
    const running = yield* nextLoad
    // Its second crash, as on another worker.
    yield* crash(once.load.target.claim)
    yield* oneSecond
    yield* once.interrupted
    yield* oneSecond
    assert.strictEqual(yield* stateOf(suspect), "active")
    const late = yield* create
    yield* oneSecond
    assert.strictEqual(opened(), 2)
    assert.deepStrictEqual(yield* queue.state(late), Option.some("created" as const))

    yield* running.continueAs(running.commit(2))
    const alone = yield* nextLoad
    assert.strictEqual(alone.load.target.claim.jobId, suspect)
    assert.deepStrictEqual(yield* queue.state(late), Option.some("created" as const))
    yield* alone.continueAs(alone.commit(2))
    assert.strictEqual((yield* nextLoad).load.target.claim.jobId, late)
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect(
  "a suspect that cannot be alone soon is released without an attempt, and other jobs are loaded",
  () =>
    Effect.gen(function* () {
      const { jobs, nextLoad, create } = yield* TestWorker
      const { logged } = yield* TestLog
      const { running, suspect } = yield* waiting
      const late = yield* create
      yield* TestClock.adjust("5 seconds")
      yield* logged(
        ({ annotations }) => annotations["job_id"] === suspect && annotations["outcome"] === "released",
      )
      const other = yield* nextLoad
      assert.strictEqual(other.load.target.claim.jobId, late)
      const job = Option.getOrThrow(yield* jobs.find(suspect))
      assert.deepStrictEqual([job.state, job.attempt], ["retry", 2])

      yield* other.continueAs(other.commit(2))
      yield* running.continueAs(running.commit(2))
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual((yield* nextLoad).load.target.claim.jobId, suspect)
    }).pipe(Effect.provide(TestWorker.layer())),
)

/** A suspect that waits for another load to end. */
const waiting = Effect.gen(function* () {
  const { create, nextLoad, start, stateOf } = yield* TestWorker
  const { crash } = yield* JobsMemory
  const suspect = yield* create
  yield* crashed(1)
  const { stop } = yield* start
  const once = yield* nextLoad
  yield* create
  const running = yield* nextLoad
  yield* crash(once.load.target.claim)
  yield* oneSecond
  yield* once.interrupted
  yield* oneSecond
  assert.strictEqual(yield* stateOf(suspect), "active")
  return { running, suspect, stop }
})

it.effect("a waiting suspect is stopped by a cancel", () =>
  Effect.gen(function* () {
    const { jobs, opened } = yield* TestWorker
    const { logged } = yield* TestLog
    const { suspect } = yield* waiting
    yield* jobs.cancel(suspect)
    yield* logged(
      ({ annotations }) => annotations["job_id"] === suspect && annotations["outcome"] === "cancelled",
    )
    assert.strictEqual(opened(), 2)
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a waiting suspect is released by a shutdown and loses no attempt", () =>
  Effect.gen(function* () {
    const { jobs } = yield* TestWorker
    const { logged } = yield* TestLog
    const { stop, suspect } = yield* waiting
    const stopping = yield* Effect.forkChild(stop)
    yield* TestClock.adjust("20 seconds")
    yield* Fiber.join(stopping)
    yield* logged(
      ({ annotations }) => annotations["job_id"] === suspect && annotations["outcome"] === "released",
    )
    const job = Option.getOrThrow(yield* jobs.find(suspect))
    assert.deepStrictEqual([job.state, job.attempt], ["retry", 2])
  }).pipe(Effect.provide(TestWorker.layer())),
)
