import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { TestClock } from "effect/testing"
import type { Claim } from "../../src/Domain/job/Claim.ts"
import { ServiceUnavailable } from "../../src/Domain/service/ServiceUnavailable.ts"
import { heartbeat } from "../../src/Worker/Heartbeat.ts"
import { type Slot, Slots } from "../../src/Worker/Slots.ts"
import { TestLog } from "../support/TestLog.ts"
import { stopReasonOf, TestWorker } from "../support/TestWorker.ts"

const outage = Effect.fail(new ServiceUnavailable({ operation: "test", message: "no route to host" }))

/** A worker that records which claims its heartbeat renews and reports. */
const recorded = (world: Parameters<typeof TestWorker.layer>[0] = {}) => {
  const touched: Array<Claim> = []
  const reported: Array<Claim> = []
  const layer = Slots.layer.pipe(
    Layer.provideMerge(
      TestWorker.layer({
        queue: (queue) => ({
          touch: (claims) => {
            touched.push(...claims)
            return world.queue?.(queue).touch?.(claims) ?? queue.touch(claims)
          },
        }),
        jobs: (jobs) => ({
          report: (progress) => {
            reported.push(...progress.map(({ claim }) => claim))
            return world.jobs?.(jobs).report?.(progress) ?? jobs.report(progress)
          },
        }),
      }),
    ),
  )
  return { layer, touched, reported }
}

/** A job's attempt that runs until it is stopped. */
const running = Effect.gen(function* () {
  const { create, jobs, queue } = yield* TestWorker
  const slots = yield* Slots
  yield* create
  const claims = yield* queue.claim(1)
  const [attempt] = yield* jobs.begin(claims.map(({ claim }) => claim))
  if (attempt === undefined) return yield* Effect.die("the job was not claimed")
  const isRunning = yield* Deferred.make<Slot>()
  yield* slots.start(attempt, 0, (slot) => Effect.andThen(Deferred.succeed(isRunning, slot), Effect.never))
  return yield* Deferred.await(isRunning)
})

it.effect("each heartbeat renews every claim and stores the progress of every attempt", () => {
  const { layer, reported, touched } = recorded()
  return Effect.gen(function* () {
    const { jobs } = yield* TestWorker
    const slots = [yield* running, yield* running]
    const claims = slots.map(({ attempt }) => attempt.claim)
    for (const { progress } of slots) progress.rowsLoaded = 41
    yield* Effect.forkScoped(heartbeat)
    yield* TestClock.adjust("2 seconds")
    assert.deepStrictEqual(touched, [...claims, ...claims, ...claims])
    assert.deepStrictEqual(reported, [...claims, ...claims, ...claims])
    for (const { jobId } of claims) {
      const job = Option.getOrThrow(yield* jobs.find(jobId))
      assert.strictEqual(job.progress.rowsLoaded, 41)
    }
  }).pipe(Effect.provide(layer))
})

it.effect("a settling attempt is neither renewed nor reported", () => {
  const { layer, reported, touched } = recorded()
  return Effect.gen(function* () {
    const other = yield* running
    const settling = yield* running
    yield* Deferred.succeed(settling.settling, undefined)
    yield* Effect.forkScoped(heartbeat)
    yield* TestClock.adjust("1 second")
    const claim = other.attempt.claim
    assert.deepStrictEqual(
      [touched, reported],
      [
        [claim, claim],
        [claim, claim],
      ],
    )
  }).pipe(Effect.provide(layer))
})

it.effect("a progress report that hangs does not stop the renewal of claims", () => {
  const { layer, touched } = recorded({ jobs: () => ({ report: () => Effect.never }) })
  return Effect.gen(function* () {
    const { attempt } = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* TestClock.adjust("9 seconds")
    assert.deepStrictEqual(
      touched,
      Array.from({ length: 10 }, () => attempt.claim),
    )
    const { lines } = yield* TestLog
    assert.deepInclude(lines.find(({ message }) => message === "progress was not stored")?.annotations, {
      reason: "no response within 2s",
    })
  }).pipe(Effect.provide(layer))
})

it.effect("a renewal that hangs times out after two seconds and is retried", () => {
  const { layer, reported, touched } = recorded({ queue: () => ({ touch: () => Effect.never }) })
  return Effect.gen(function* () {
    const slot = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* TestClock.adjust("9 seconds")
    // At 0, 3, 6 and 9 seconds: two seconds of waiting and one of sleep.
    assert.lengthOf(touched, 4)
    assert.lengthOf(reported, 10)
    const slots = yield* Slots
    assert.deepStrictEqual(slots.list(), [slot])
  }).pipe(Effect.provide(layer))
})

it.effect("an outage does not stop any attempt", () => {
  const { layer } = recorded({
    queue: () => ({ touch: () => outage }),
    jobs: () => ({ report: () => outage }),
  })
  return Effect.gen(function* () {
    const slot = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* TestClock.adjust("1 minute")
    const slots = yield* Slots
    assert.deepStrictEqual(slots.list(), [slot])
  }).pipe(Effect.provide(layer))
})

it.effect("an attempt whose claim is gone is stopped, and the others continue", () => {
  const { layer } = recorded()
  return Effect.gen(function* () {
    const { jobs } = yield* TestWorker
    const slots = yield* Slots
    const kept = yield* running
    const lost = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* jobs.release(lost.attempt.claim)
    yield* TestClock.adjust("1 second")
    assert.deepStrictEqual(slots.list(), [kept])
    assert.strictEqual(yield* stopReasonOf(lost), "claim_lost")
  }).pipe(Effect.provide(layer))
})

it.effect("a late response about a claim that was replaced does not stop the new attempt", () => {
  const answer = Deferred.makeUnsafe<ReadonlyArray<Claim>>()
  let isFirst = true
  const { layer } = recorded({
    queue: (queue) => ({
      touch: (claims) => {
        if (!isFirst) return queue.touch(claims)
        isFirst = false
        return Deferred.await(answer)
      },
    }),
  })
  return Effect.gen(function* () {
    const { jobs, queue } = yield* TestWorker
    const slots = yield* Slots
    const older = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* Effect.yieldNow
    yield* jobs.release(older.attempt.claim)
    const claims = yield* queue.claim(1)
    const [attempt] = yield* jobs.begin(claims.map(({ claim }) => claim))
    if (attempt === undefined) return assert.fail("the job was not claimed again")
    const isRunning = yield* Deferred.make<Slot>()
    yield* slots.start(attempt, 0, (slot) => Effect.andThen(Deferred.succeed(isRunning, slot), Effect.never))
    const newer = yield* Deferred.await(isRunning)
    yield* Deferred.succeed(answer, [])
    yield* TestClock.adjust("1 second")
    assert.deepStrictEqual(slots.list(), [newer])
    assert.isUndefined(yield* stopReasonOf(newer))
  }).pipe(Effect.provide(layer))
})
