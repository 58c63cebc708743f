import { assert, layer } from "@effect/vitest"
import * as ByteSize from "effect/ByteSize"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { randomUUID } from "node:crypto"
import { JobId } from "../../src/Domain/job/Job.ts"
import type { Attempt } from "../../src/Domain/job/Jobs.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import { WorkerSettings } from "../../src/Domain/service/WorkerSettings.ts"
import { type Slot, Slots } from "../../src/Worker/Slots.ts"
import { stopReasonOf } from "../support/TestWorker.ts"

const attemptOf = (jobId: JobId, retryCount: number): Attempt => ({
  claim: { jobId, retryCount },
  attempt: retryCount + 1,
  fileUrl: SourceUrl.make("http://files.example/a.csv"),
  options: {},
  schema: "public",
  table: TableName.make("a_1"),
  target: null,
})

/** Starts an attempt that runs until it is stopped. */
const started = Effect.fnUntraced(function* (jobId: JobId, retryCount: number) {
  const slots = yield* Slots
  const isRunning = yield* Deferred.make<Slot>()
  const ended = yield* Deferred.make<void>()
  yield* slots.start(attemptOf(jobId, retryCount), 0, (slot) =>
    Effect.andThen(Deferred.succeed(isRunning, slot), Effect.never).pipe(
      Effect.ensuring(Deferred.succeed(ended, undefined)),
    ),
  )
  const slot = yield* Deferred.await(isRunning)
  return { slot, ended }
})

const hasEnded = ({ ended }: Effect.Success<ReturnType<typeof started>>) => Deferred.isDoneUnsafe(ended)

const newJob = Effect.sync(() => JobId.make(randomUUID()))

const slotsOf = (slots: Slots["Service"], jobId: JobId) =>
  slots.list().filter(({ attempt }) => attempt.claim.jobId === jobId)

const settings = Layer.succeed(
  WorkerSettings,
  WorkerSettings.of({
    slots: 8,
    usableSlots: () => 8,
    pushingLoads: 2,
    shutdownGrace: Duration.zero,
    stopWhenIdle: Duration.infinity,
    maxAttempts: 5,
    maxLoadDuration: Duration.hours(23),
    maxRecordSize: ByteSize.mebibytes(1),
  }),
)

layer(Layer.provide(Slots.layer, settings))("the slots of a worker", (it) => {
  it.effect("a cancel stops the job's attempt and waits for its end", () =>
    Effect.gen(function* () {
      const slots = yield* Slots
      const jobId = yield* newJob
      const other = yield* started(yield* newJob, 0)
      const cancelled = yield* started(jobId, 0)
      yield* slots.cancel(jobId)
      assert.isTrue(hasEnded(cancelled))
      assert.strictEqual(yield* stopReasonOf(cancelled.slot), "cancelled")
      assert.notInclude(slots.list(), cancelled.slot)
      assert.isFalse(hasEnded(other))
    }),
  )

  it.effect("a settling attempt is stopped neither by a cancel nor because its claim is gone", () =>
    Effect.gen(function* () {
      const slots = yield* Slots
      const jobId = yield* newJob
      const settling = yield* started(jobId, 0)
      yield* Deferred.succeed(settling.slot.settling, undefined)
      yield* slots.cancel(jobId)
      yield* slots.abandon(settling.slot.attempt.claim)
      assert.isFalse(hasEnded(settling))
      assert.isUndefined(yield* stopReasonOf(settling.slot))
    }),
  )

  it.effect("the loss of an older claim does not stop the job's next attempt", () =>
    Effect.gen(function* () {
      const slots = yield* Slots
      const jobId = yield* newJob
      const next = yield* started(jobId, 1)
      yield* slots.abandon({ jobId, retryCount: 0 })
      assert.isFalse(hasEnded(next))
      yield* slots.abandon({ jobId, retryCount: 1 })
      assert.isTrue(hasEnded(next))
      assert.strictEqual(yield* stopReasonOf(next.slot), "claim_lost")
    }),
  )

  it.effect("a job's new attempt starts after its older attempt, whose claim has lapsed, has ended", () =>
    Effect.gen(function* () {
      const slots = yield* Slots
      const jobId = yield* newJob
      const isStopping = yield* Deferred.make<void>()
      const mayEnd = yield* Deferred.make<void>()
      const isRunning = yield* Deferred.make<Slot>()
      yield* slots.start(attemptOf(jobId, 0), 0, (slot) =>
        Effect.andThen(Deferred.succeed(isRunning, slot), Effect.never).pipe(
          Effect.onInterrupt(() =>
            Effect.andThen(Deferred.succeed(isStopping, undefined), Deferred.await(mayEnd)),
          ),
        ),
      )
      const older = yield* Deferred.await(isRunning)
      const starting = yield* Effect.forkChild(started(jobId, 1))
      yield* Deferred.await(isStopping)
      assert.deepStrictEqual(slotsOf(slots, jobId), [older])
      yield* Deferred.succeed(mayEnd, undefined)
      const newer = yield* Fiber.join(starting)
      assert.strictEqual(yield* stopReasonOf(older), "claim_lost")
      assert.isFalse(hasEnded(newer))
      assert.deepStrictEqual(slotsOf(slots, jobId), [newer.slot])
    }),
  )

  it.effect("one suspect at a time may start, which takes one slot", () =>
    Effect.gen(function* () {
      const slots = yield* Slots
      // Attempts of other tests.
      yield* slots.drain(Effect.void)
      const before = slots.free()
      const jobs = [yield* newJob, yield* newJob] as const
      yield* slots.start(attemptOf(jobs[0], 0), 2, () => Effect.never)
      assert.isTrue(slots.takesSuspects())
      yield* slots.start(attemptOf(jobs[1], 3), 3, () => Effect.never)
      assert.isFalse(slots.takesSuspects())
      assert.strictEqual(slots.free(), before - 2)
      yield* slots.cancel(jobs[1])
      assert.isTrue(slots.takesSuspects())
    }),
  )

  it.effect("a shutdown stops all attempts without giving a reason", () =>
    Effect.gen(function* () {
      const slots = yield* Slots
      const attempts = [yield* started(yield* newJob, 0), yield* started(yield* newJob, 3)]
      yield* slots.drain(Effect.void)
      for (const attempt of attempts) {
        assert.isTrue(hasEnded(attempt))
        assert.isUndefined(yield* stopReasonOf(attempt.slot))
      }
      assert.deepStrictEqual(slots.list(), [])
    }),
  )
})
