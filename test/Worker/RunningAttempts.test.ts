import { assert, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { randomUUID } from "node:crypto"
import { JobId } from "../../src/Domain/job/Job.ts"
import type { Attempt } from "../../src/Domain/job/Jobs.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { TableName } from "../../src/Domain/load/TableName.ts"
import type { RunningAttempt } from "../../src/Worker/RunAttempt.ts"
import { RunningAttempts } from "../../src/Worker/RunningAttempts.ts"

const attemptOf = (jobId: JobId, retryCount: number): Attempt => ({
  claim: { jobId, retryCount },
  attempt: retryCount + 1,
  fileUrl: SourceUrl.make("http://files.example/a.csv"),
  options: {},
  schema: "public",
  table: TableName.make("a_1"),
})

/** Starts an attempt that goes on until it is told to stop. */
const started = Effect.fnUntraced(function* (jobId: JobId, retryCount: number) {
  const running = yield* RunningAttempts
  const isRunning = yield* Deferred.make<RunningAttempt>()
  const ended = yield* Deferred.make<void>()
  yield* running.start(attemptOf(jobId, retryCount), 0, (entry) =>
    Effect.andThen(Deferred.succeed(isRunning, entry), Effect.never).pipe(
      Effect.ensuring(Deferred.succeed(ended, undefined)),
    ),
  )
  const entry = yield* Deferred.await(isRunning)
  return { entry, ended }
})

const isOver = ({ ended }: Effect.Success<ReturnType<typeof started>>) => Deferred.isDoneUnsafe(ended)

const newJob = Effect.sync(() => JobId.make(randomUUID()))

layer(RunningAttempts.layer)("the running attempts", (it) => {
  it.effect("a cancel stops the job's attempt and waits for its end", () =>
    Effect.gen(function* () {
      const running = yield* RunningAttempts
      const jobId = yield* newJob
      const other = yield* started(yield* newJob, 0)
      const cancelled = yield* started(jobId, 0)
      yield* running.cancel(jobId)
      assert.isTrue(isOver(cancelled))
      assert.strictEqual(cancelled.entry.interruptedAs, "cancelled")
      assert.notInclude(running.list(), cancelled.entry)
      assert.isFalse(isOver(other))
    }),
  )

  it.effect("an attempt that settles is not stopped, neither by a cancel nor for its claim", () =>
    Effect.gen(function* () {
      const running = yield* RunningAttempts
      const jobId = yield* newJob
      const settling = yield* started(jobId, 0)
      settling.entry.isSettling = true
      yield* running.cancel(jobId)
      yield* running.abandon(settling.entry.attempt.claim)
      assert.isFalse(isOver(settling))
      assert.isUndefined(settling.entry.interruptedAs)
    }),
  )

  it.effect("a claim that is found gone too late does not stop the job's next attempt", () =>
    Effect.gen(function* () {
      const running = yield* RunningAttempts
      const jobId = yield* newJob
      const next = yield* started(jobId, 1)
      yield* running.abandon({ jobId, retryCount: 0 })
      assert.isFalse(isOver(next))
      yield* running.abandon({ jobId, retryCount: 1 })
      assert.isTrue(isOver(next))
      assert.strictEqual(next.entry.interruptedAs, "claim_lost")
    }),
  )

  it.effect("a job's new attempt begins when the older one, whose claim has lapsed, has ended", () =>
    Effect.gen(function* () {
      const running = yield* RunningAttempts
      const jobId = yield* newJob
      const isStopping = yield* Deferred.make<void>()
      const mayEnd = yield* Deferred.make<void>()
      const isRunning = yield* Deferred.make<RunningAttempt>()
      yield* running.start(attemptOf(jobId, 0), 0, (entry) =>
        Effect.andThen(Deferred.succeed(isRunning, entry), Effect.never).pipe(
          Effect.onInterrupt(() =>
            Effect.andThen(Deferred.succeed(isStopping, undefined), Deferred.await(mayEnd)),
          ),
        ),
      )
      const older = yield* Deferred.await(isRunning)
      const starting = yield* Effect.forkChild(started(jobId, 1))
      yield* Deferred.await(isStopping)
      assert.deepStrictEqual(
        running.list().filter(({ attempt }) => attempt.claim.jobId === jobId),
        [older],
      )
      yield* Deferred.succeed(mayEnd, undefined)
      const newer = yield* Fiber.join(starting)
      assert.strictEqual(older.interruptedAs, "claim_lost")
      assert.isFalse(isOver(newer))
      assert.deepStrictEqual(
        running.list().filter(({ attempt }) => attempt.claim.jobId === jobId),
        [newer.entry],
      )
    }),
  )

  it.effect("a shutdown stops all, and leaves it to them why", () =>
    Effect.gen(function* () {
      const running = yield* RunningAttempts
      const attempts = [yield* started(yield* newJob, 0), yield* started(yield* newJob, 3)]
      yield* running.stopAll
      for (const attempt of attempts) {
        assert.isTrue(isOver(attempt))
        assert.isUndefined(attempt.entry.interruptedAs)
      }
      assert.deepStrictEqual(running.list(), [])
      yield* running.awaitEmpty
    }),
  )
})
