import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { TestClock } from "effect/testing"
import type { Claim } from "../../src/Domain/job/Claim.ts"
import { ServiceUnavailable } from "../../src/Domain/service/ServiceUnavailable.ts"
import { heartbeat } from "../../src/Worker/Heartbeat.ts"
import type { RunningAttempt } from "../../src/Worker/RunAttempt.ts"
import { RunningAttempts } from "../../src/Worker/RunningAttempts.ts"
import { TestLog } from "../support/TestLog.ts"
import { TestWorker } from "../support/TestWorker.ts"

const outage = Effect.fail(new ServiceUnavailable({ operation: "test", message: "no route to host" }))

/** A heart that may beat over jobs that are watched. */
const watched = (world: Parameters<typeof TestWorker.layer>[0] = {}) => {
  const touched: Array<Claim> = []
  const reported: Array<Claim> = []
  const layer = RunningAttempts.layer.pipe(
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

/** A job's attempt that runs until it is told to stop. */
const running = Effect.gen(function* () {
  const { create, jobs, queue } = yield* TestWorker
  const attempts = yield* RunningAttempts
  yield* create
  const claims = yield* queue.claim(1)
  const [attempt] = yield* jobs.begin(claims.map(({ claim }) => claim))
  if (attempt === undefined) return yield* Effect.die("the job was not to be had")
  const isRunning = yield* Deferred.make<RunningAttempt>()
  yield* attempts.start(attempt, 0, (entry) =>
    Effect.andThen(Deferred.succeed(isRunning, entry), Effect.never),
  )
  return yield* Deferred.await(isRunning)
})

it.effect("each beat renews every claim and stores how far every attempt is", () => {
  const { layer, reported, touched } = watched()
  return Effect.gen(function* () {
    const { jobs } = yield* TestWorker
    const entries = [yield* running, yield* running]
    const claims = entries.map(({ attempt }) => attempt.claim)
    for (const { meter } of entries) meter.rowsLoaded = 41
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

it.effect("an attempt that settles is left alone", () => {
  const { layer, reported, touched } = watched()
  return Effect.gen(function* () {
    const other = yield* running
    const settling = yield* running
    settling.isSettling = true
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

it.effect("progress that cannot be stored, for a lock or an outage, costs no claim", () => {
  const { layer, touched } = watched({ jobs: () => ({ report: () => Effect.never }) })
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
      reason: "no answer within 2s",
    })
  }).pipe(Effect.provide(layer))
})

it.effect("a renewal that gets no answer is given up after two seconds, and tried again", () => {
  const { layer, reported, touched } = watched({ queue: () => ({ touch: () => Effect.never }) })
  return Effect.gen(function* () {
    const entry = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* TestClock.adjust("9 seconds")
    // At 0, 3, 6 and 9 seconds: two of waiting, one of rest.
    assert.lengthOf(touched, 4)
    assert.lengthOf(reported, 10)
    const attempts = yield* RunningAttempts
    assert.deepStrictEqual(attempts.list(), [entry])
  }).pipe(Effect.provide(layer))
})

it.effect("an outage stops no attempt: only a claim that is known to be gone does", () => {
  const { layer } = watched({
    queue: () => ({ touch: () => outage }),
    jobs: () => ({ report: () => outage }),
  })
  return Effect.gen(function* () {
    const entry = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* TestClock.adjust("1 minute")
    const attempts = yield* RunningAttempts
    assert.deepStrictEqual(attempts.list(), [entry])
  }).pipe(Effect.provide(layer))
})

it.effect("an attempt whose claim is gone is stopped, the others go on", () => {
  const { layer } = watched()
  return Effect.gen(function* () {
    const { jobs } = yield* TestWorker
    const attempts = yield* RunningAttempts
    const kept = yield* running
    const lost = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* jobs.release(lost.attempt.claim)
    yield* TestClock.adjust("1 second")
    assert.deepStrictEqual(attempts.list(), [kept])
    assert.strictEqual(lost.interruptedAs, "claim_lost")
  }).pipe(Effect.provide(layer))
})

it.effect("an answer that comes late, for a claim since replaced, stops nothing", () => {
  const answer = Deferred.makeUnsafe<ReadonlyArray<Claim>>()
  let isFirst = true
  const { layer } = watched({
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
    const attempts = yield* RunningAttempts
    const older = yield* running
    yield* Effect.forkScoped(heartbeat)
    yield* Effect.yieldNow
    yield* jobs.release(older.attempt.claim)
    const claims = yield* queue.claim(1)
    const [attempt] = yield* jobs.begin(claims.map(({ claim }) => claim))
    if (attempt === undefined) return assert.fail("the job was not to be had again")
    const isRunning = yield* Deferred.make<RunningAttempt>()
    yield* attempts.start(attempt, 0, (entry) =>
      Effect.andThen(Deferred.succeed(isRunning, entry), Effect.never),
    )
    const newer = yield* Deferred.await(isRunning)
    yield* Deferred.succeed(answer, [])
    yield* TestClock.adjust("1 second")
    assert.deepStrictEqual(attempts.list(), [newer])
    assert.isUndefined(newer.interruptedAs)
  }).pipe(Effect.provide(layer))
})
