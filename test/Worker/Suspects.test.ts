import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { TestClock } from "effect/testing"
import type { JobId } from "../../src/Domain/job/Job.ts"
import { JobsMemory } from "../support/JobsMemory.ts"
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

it.effect("jobs whose workers crashed twice are loaded like any others", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start } = yield* TestWorker
    yield* create
    yield* create
    yield* crashed(2)
    yield* start
    yield* nextLoad
    yield* nextLoad
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a job whose workers crashed three times is loaded beside others", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start } = yield* TestWorker
    const suspect = yield* create
    yield* crashed(3)
    const others = yield* Effect.all([create, create])
    yield* start
    const loads = [yield* nextLoad, yield* nextLoad, yield* nextLoad]
    assert.sameMembers(
      loads.map(({ load }) => load.target.claim.jobId),
      [suspect, ...others],
    )
    for (const other of others) assert.deepStrictEqual(yield* attemptOf(other), ["active", 1])
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("suspects are loaded one after another", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start, stateOf } = yield* TestWorker
    const suspects = yield* Effect.all([create, create, create])
    yield* crashed(3)
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

it.effect("a suspect does not wait for a load whose source is slow, nor do jobs after other suspects", () =>
  Effect.gen(function* () {
    const { create, nextLoad, start, stateOf } = yield* TestWorker
    const { crash } = yield* JobsMemory
    const suspects = yield* Effect.all([create, create])
    yield* crashed(2)
    yield* start
    const once = [yield* nextLoad, yield* nextLoad]
    const slow = yield* create
    yield* nextLoad
    yield* oneSecond
    // Their third crash, as on another worker.
    yield* Effect.forEach(once, ({ load }) => crash(load.target.claim))
    yield* oneSecond
    const late = yield* create
    yield* oneSecond
    const loads = [yield* nextLoad, yield* nextLoad]
    assert.sameMembers(
      loads.map(({ load }) => load.target.claim.jobId),
      [suspects[0], late],
    )
    assert.deepStrictEqual(yield* Effect.forEach([...suspects, slow], stateOf), ["active", "retry", "active"])
  }).pipe(Effect.provide(TestWorker.layer())),
)
