import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { Headers, HttpTraceContext } from "effect/http"
import { claimKey } from "../Domain/job/Claim.ts"
import { crashVerdict } from "../Domain/job/CrashVerdict.ts"
import { JobQueue, type QueueSignal } from "../Domain/job/JobQueue.ts"
import { type Attempt, Jobs } from "../Domain/job/Jobs.ts"
import { Liveness } from "../Domain/service/Liveness.ts"
import { withTimeout } from "../Domain/service/withTimeout.ts"
import { heartbeat } from "./Heartbeat.ts"
import { runAttempt } from "./RunAttempt.ts"
import { keepRunning } from "./keepRunning.ts"
import { RunningAttempts } from "./RunningAttempts.ts"
import { WorkerSettings } from "../Domain/service/WorkerSettings.ts"

/** How long a waiting job can go unseen when its signal is lost, and a retry after it has come due. */
const backstop = Duration.seconds(1)

/** Continues the trace of the request that created the job. */
const parentOf = (traceparent: string | null) =>
  traceparent === null
    ? {}
    : Option.match(HttpTraceContext.w3c(Headers.fromInput({ traceparent })), {
        onNone: () => ({}),
        onSome: (parent) => ({ parent }),
      })

/** An attempt that is to be run, and what its claim said of the job. */
interface Begun {
  readonly attempt: Attempt
  readonly crashes: number
  readonly traceparent: string | null
}

/** Worth a few tries: what is claimed, but neither run nor given back, waits for the queue to notice. */
const patience = Schedule.spaced("500 millis").pipe(Schedule.upTo({ times: 10 }))

/** Longer than it waits for a record that somebody has locked. */
const longestBegin = Duration.seconds(4)

const startAttempt = Effect.fnUntraced(function* ({ attempt, crashes, traceparent }: Begun) {
  const running = yield* RunningAttempts
  yield* running.start(attempt, crashes, (entry) =>
    runAttempt(entry).pipe(Effect.withSpan("process job", { kind: "consumer", ...parentOf(traceparent) })),
  )
})

/**
 * Starts a job under suspicion, which loads as soon as nothing else does here. What was claimed with it is
 * given back before that: the file may kill this process at once.
 */
const startAlone = Effect.fnUntraced(function* (suspect: Begun, others: ReadonlyArray<Begun>) {
  const jobs = yield* Jobs
  yield* Effect.annotateLogs(Effect.logInfo("a job whose workers died is loaded alone"), {
    job_id: suspect.attempt.claim.jobId,
    crashes: suspect.crashes,
  })
  yield* Effect.forEach(others, ({ attempt }) => Effect.retry(jobs.release(attempt.claim), patience), {
    discard: true,
  }).pipe(Effect.ensuring(startAttempt(suspect)))
})

const start = Effect.fnUntraced(function* (begun: ReadonlyArray<Begun>) {
  const suspect = begun.find(({ crashes }) => crashVerdict(crashes) === "LoadAlone")
  if (suspect === undefined) yield* Effect.forEach(begun, startAttempt, { discard: true })
  else
    yield* startAlone(
      suspect,
      begun.filter((each) => each !== suspect),
    )
})

/** Takes as many jobs as there are free slots and starts them. */
const claimFree = Effect.gen(function* () {
  const { slots } = yield* WorkerSettings
  const queue = yield* JobQueue
  const jobs = yield* Jobs
  const running = yield* RunningAttempts
  const free = slots - running.list().length
  if (free <= 0 || running.isReserved()) return
  const claimed = new Map((yield* queue.claim(free)).map((load) => [claimKey(load.claim), load]))
  if (claimed.size === 0) return
  const claims = [...claimed.values()].map(({ claim }) => claim)
  // A connection may be dead without a word; the next try gets another.
  const begin = withTimeout(longestBegin, "begin attempts")(jobs.begin(claims))
  const attempts = yield* Effect.retry(begin, patience)
  yield* start(
    attempts.map((attempt) => {
      const load = claimed.get(claimKey(attempt.claim))
      return { attempt, crashes: load?.crashes ?? 0, traceparent: load?.message.traceparent ?? null }
    }),
  )
})

/** Claims when woken, and once a second in any case. A claim under way is not interrupted half done. */
const claimLoop = Effect.gen(function* () {
  const { wake } = yield* RunningAttempts
  const liveness = yield* Liveness
  const claiming = Effect.uninterruptible(withTimeout(Duration.seconds(15), "claim jobs")(claimFree))
  const turn = keepRunning("no job can be claimed", Effect.andThen(wake.close, claiming))
  return yield* liveness.beat.pipe(
    Effect.andThen(turn),
    Effect.andThen(Effect.timeoutOption(wake.await, backstop)),
    Effect.forever,
  )
})

const onSignal = Effect.fnUntraced(function* (signal: QueueSignal) {
  const running = yield* RunningAttempts
  if (signal._tag === "JobCancelled") yield* Effect.forkScoped(running.cancel(signal.jobId))
  else yield* running.wake.open
})

const followSignals = Effect.gen(function* () {
  const queue = yield* JobQueue
  yield* Stream.runForEach(queue.signals, onSignal)
})

/**
 * Lets running loads finish for the grace, then gives the rest back. Cancels and heartbeats go on meanwhile,
 * for they end after this.
 */
const drain = Effect.fnUntraced(function* (claiming: Fiber.Fiber<never>) {
  const { shutdownGrace } = yield* WorkerSettings
  const running = yield* RunningAttempts
  yield* Fiber.interrupt(claiming)
  const left = running.list().length
  if (left > 0)
    yield* Effect.logInfo("stopping: running loads get their grace").pipe(
      Effect.annotateLogs({ running: left, grace: Duration.format(shutdownGrace) }),
    )
  yield* Effect.timeoutOption(Effect.interruptible(running.awaitEmpty), shutdownGrace)
  yield* running.stopAll
})

/** A worker: claims jobs, runs them, and stops in good order when its scope closes. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* Effect.forkScoped(heartbeat)
    yield* Effect.forkScoped(Effect.scoped(followSignals))
    const context = yield* Effect.context<WorkerSettings | RunningAttempts>()
    const claiming = yield* Effect.forkDetach(claimLoop)
    yield* Effect.addFinalizer(() => Effect.provide(drain(claiming), context))
    const { slots } = yield* WorkerSettings
    yield* Effect.logInfo("claiming jobs").pipe(Effect.annotateLogs({ slots }))
  }),
).pipe(Layer.provide(RunningAttempts.layer))
