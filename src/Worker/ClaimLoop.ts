import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { SpanOptions } from "effect/Tracer"
import { claimKey } from "../Domain/job/Claim.ts"
import { isSuspect } from "../Domain/job/attempts/CrashDecision.ts"
import { type ClaimedLoad, JobQueue, secondsWaited } from "../Domain/job/JobQueue.ts"
import { type Attempt, Jobs } from "../Domain/job/Jobs.ts"
import { EndProcess } from "../Domain/service/EndProcess.ts"
import { Liveness } from "../Domain/service/Liveness.ts"
import { StopNow } from "../Domain/service/StopNow.ts"
import { messageAttributes, messagingSpan } from "../Domain/telemetry/messaging.ts"
import { spanOf } from "../Domain/telemetry/traceparent.ts"
import { withTimeout } from "../Domain/service/withTimeout.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"
import { heartbeat } from "./Heartbeat.ts"
import { keepRunning } from "./keepRunning.ts"
import * as LoadMetrics from "./LoadMetrics.ts"
import { runAttempt } from "./runAttempt.ts"
import { Slots } from "./Slots.ts"

/** The loop looks for due jobs this often, in case a signal is lost, and because due retries send no signal. */
const pollInterval = Duration.seconds(1)
/** The loop waits this long for loads that are starting: until then, their sources have responded, or are slow. */
const startInterval = Duration.millis(20)

const claimTimeout = Duration.seconds(15)
/** Longer than the database waits for a locked record (`lock_timeout`). */
const beginTimeout = Duration.seconds(4)

/** A claimed job that is not started stays stuck until the queue notices. */
const startRetries = Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 10 }))

/** Continues the trace of the request that created the job, and links to it, as consumers of messages do. */
const attemptSpan = ({ attempt, claim, table }: Attempt, { message, times }: ClaimedLoad): SpanOptions => {
  const creation = spanOf(message.traceparent)
  return {
    kind: "consumer",
    ...(creation === undefined ? {} : { parent: creation, links: [{ span: creation, attributes: {} }] }),
    attributes: {
      ...messageAttributes("process", claim.jobId),
      "sluice.job.id": claim.jobId,
      "sluice.attempt": attempt,
      "sluice.table": table,
      "sluice.job.created_at": new Date(times.createdAt).toISOString(),
      "sluice.job.due_at": new Date(times.dueAt).toISOString(),
      "sluice.job.wait_time": secondsWaited(times),
    },
  }
}

const startAttempt = Effect.fnUntraced(function* (attempt: Attempt, load: ClaimedLoad) {
  const slots = yield* Slots
  yield* LoadMetrics.recordClaim(load)
  if (isSuspect(load.crashes))
    yield* Effect.annotateLogs(Effect.logInfo("loading a job whose workers crashed"), {
      job_id: attempt.claim.jobId,
      crashes: load.crashes,
    })
  yield* slots.start(attempt, load.crashes, (slot) =>
    // The span fails with its attempt, but the fiber does not.
    runAttempt(slot, load).pipe(
      Effect.flatMap(({ error }) => (error === undefined ? Effect.void : Effect.fail(error))),
      Effect.withSpan(messagingSpan("process"), attemptSpan(attempt, load)),
      Effect.ignore,
    ),
  )
})

/** Claims as many jobs as there are free slots and starts them. */
const claimJobs = Effect.gen(function* () {
  const queue = yield* JobQueue
  const jobs = yield* Jobs
  const slots = yield* Slots
  const { usableSlots } = yield* WorkerSettings
  const free = slots.free()
  if (free === 0) return
  const claimed = new Map(
    (yield* queue.claim(free, { suspects: slots.takesSuspects(), slots: usableSlots() })).map((load) => [
      claimKey(load.claim),
      load,
    ]),
  )
  if (claimed.size === 0) return
  const claims = [...claimed.values()].map(({ claim: { jobId, retryCount }, replica }) => ({
    jobId,
    retryCount,
    replica,
  }))
  // A dead connection gives no error. After the timeout, the retry gets another connection.
  const begin = withTimeout(beginTimeout, "begin attempts")(jobs.begin(claims))
  const attempts = yield* Effect.retry(begin, startRetries)
  for (const attempt of attempts) {
    const load = claimed.get(claimKey(attempt.claim))
    if (load !== undefined) yield* startAttempt(attempt, load)
  }
  // There may be more: other suspects and jobs of full hosts count for the limit, but are not claimed.
  if (
    claimed.size === free ||
    [...claimed.values()].some(({ crashes, hasMore }) => hasMore || isSuspect(crashes))
  )
    yield* slots.wake.open
})

/** Claims jobs if some are due and a slot is free. Most workers have nothing to do most of the time. */
const claimDueJobs = Effect.gen(function* () {
  const queue = yield* JobQueue
  const slots = yield* Slots
  if (slots.free() > 0 && (yield* queue.hasDue)) yield* claimJobs
})

/** Ends the process when this replica has had no job for the time of `stopWhenIdle`. Runs after each look for jobs. */
const makeIdleStop = Effect.gen(function* () {
  const slots = yield* Slots
  const { stopWhenIdle } = yield* WorkerSettings
  const endProcess = yield* EndProcess
  let idleSince = yield* Clock.currentTimeMillis
  return Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (slots.list().length > 0) idleSince = now
    if (now - idleSince < Duration.toMillis(stopWhenIdle)) return
    // Once: the loop continues until the shutdown.
    idleSince = Infinity
    yield* Effect.annotateLogs(Effect.logInfo("stopping: there was no job"), {
      idle: Duration.format(stopWhenIdle),
    })
    yield* endProcess(null)
  })
})

/** A claim is not interruptible: a job claimed halfway would be stuck. */
const claimLoop = Effect.gen(function* () {
  const stopIfIdle = yield* makeIdleStop
  const { hesitate, isStarting, wake } = yield* Slots
  const liveness = yield* Liveness
  let isPoll = false
  const claiming = withTimeout(
    claimTimeout,
    "claim jobs",
  )(Effect.suspend(() => (isPoll ? claimDueJobs : claimJobs)))
  const iteration = keepRunning(
    "no job can be claimed",
    wake.close.pipe(Effect.andThen(Effect.uninterruptible(claiming)), Effect.andThen(stopIfIdle)),
  )
  const pause = Effect.suspend(() => {
    const isShort = isStarting()
    return Effect.map(Effect.timeoutOption(wake.await, isShort ? startInterval : pollInterval), (woken) => {
      isPoll = woken._tag === "None" && !isShort
    })
  })
  return yield* liveness.reportAlive.pipe(
    Effect.andThen(hesitate),
    Effect.andThen(iteration),
    Effect.andThen(pause),
    Effect.forever,
  )
})

const followSignals = Effect.gen(function* () {
  const queue = yield* JobQueue
  const slots = yield* Slots
  yield* Stream.runForEach(queue.signals, (signal) =>
    signal._tag === "JobCancelled"
      ? Effect.asVoid(Effect.forkScoped(slots.cancel(signal.jobId)))
      : Effect.asVoid(slots.wake.open),
  )
})

/** While loads may take hours to finish, the log says this often that the worker waits for them. */
const drainLogInterval = Duration.minutes(5)

/** Lets running loads finish for the grace period, unless the operator cuts it short, then releases the rest. */
const shutDown = Effect.fnUntraced(function* (claiming: Fiber.Fiber<never>, stopNow: Effect.Effect<void>) {
  const { shutdownGrace } = yield* WorkerSettings
  const slots = yield* Slots
  const queue = yield* JobQueue
  const liveness = yield* Liveness
  yield* Fiber.interrupt(claiming)
  yield* queue.leave
  const grace = Duration.isFinite(shutdownGrace) ? Duration.format(shutdownGrace) : "unlimited"
  const logRunning = (message: string) =>
    Effect.suspend(() => {
      const running = slots.list().length
      return running === 0 ? Effect.void : Effect.annotateLogs(Effect.logInfo(message), { running, grace })
    })
  yield* logRunning("stopping: running loads may finish within the grace period")
  // A worker that drains is alive: a health check must not end its loads.
  const reporting = Effect.forever(Effect.andThen(liveness.reportAlive, Effect.sleep(pollInterval)))
  const logging = Effect.forever(
    Effect.andThen(Effect.sleep(drainLogInterval), logRunning("stopping: loads still run")),
  )
  const waiting = Effect.timeoutOption(stopNow, shutdownGrace)
  yield* slots.drain(Effect.raceFirst(waiting, Effect.all([reporting, logging], { concurrency: 2 })))
})

/** A worker: claims and runs jobs until its scope closes, then shuts down. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    // Forked before the finalizer is added, so that cancels and heartbeats continue during the shutdown.
    yield* Effect.forkScoped(heartbeat)
    yield* Effect.forkScoped(Effect.scoped(followSignals))
    const context = yield* Effect.context<WorkerSettings | Slots | JobQueue | Liveness>()
    const claiming = yield* Effect.forkDetach(claimLoop)
    const stopNow = yield* StopNow
    yield* Effect.addFinalizer(() => Effect.provide(shutDown(claiming, stopNow), context))
    const { slots } = yield* WorkerSettings
    yield* Effect.annotateLogs(Effect.logInfo("claiming jobs"), { slots })
  }),
).pipe(Layer.provideMerge(LoadMetrics.layer), Layer.provide(Slots.layer))
