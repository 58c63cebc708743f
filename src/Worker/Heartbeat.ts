import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { claimKey } from "../Domain/job/Claim.ts"
import { JobQueue } from "../Domain/job/JobQueue.ts"
import { Jobs } from "../Domain/job/Jobs.ts"
import { withTimeout } from "../Domain/service/withTimeout.ts"
import { recordBusySlots } from "./LoadMetrics.ts"
import { RunningAttempts } from "./RunningAttempts.ts"
import { keepRunning } from "./keepRunning.ts"

/** Between two beats: a tenth of the silence after which the queue takes a worker for dead. */
const interval = Duration.seconds(1)

/** A call that waits for a lock, or for a server that hangs, must not keep the next beat waiting. */
const limit = Duration.seconds(2)

/** Those to beat for. One that settles holds its rows' locks until its commit: a beat would wait for it. */
const beating = Effect.map(RunningAttempts, (running) => running.list().filter((entry) => !entry.isSettling))

/** Renews the claims, and stops those that are gone: cancelled with the signal lost, or lapsed. */
const touch = Effect.gen(function* () {
  const queue = yield* JobQueue
  const running = yield* RunningAttempts
  const claims = (yield* beating).map((entry) => entry.attempt.claim)
  const held = new Set((yield* withTimeout(limit, "renew claims")(queue.touch(claims))).map(claimKey))
  const gone = claims.filter((claim) => !held.has(claimKey(claim)))
  yield* Effect.forEach(gone, running.abandon, { concurrency: "unbounded", discard: true })
})

/** Stores how far each attempt is. */
const report = Effect.gen(function* () {
  const jobs = yield* Jobs
  const progress = (yield* beating).map(({ attempt, meter }) => ({
    claim: attempt.claim,
    counters: meter.read(),
  }))
  yield* withTimeout(limit, "report progress")(jobs.report(progress))
})

const showBusySlots = Effect.flatMap(RunningAttempts, (running) => recordBusySlots(running.list().length))

const everySecond = <E, R>(turn: Effect.Effect<void, E, R>) =>
  Effect.forever(Effect.andThen(turn, Effect.sleep(interval)))

/**
 * Beats for ever, for all running attempts at once. Renewing claims and storing progress know nothing of each
 * other: a record that somebody has locked must not cost a healthy load its claim.
 */
export const heartbeat = Effect.gen(function* () {
  const renewing = keepRunning("claims were not renewed", touch)
  const reporting = keepRunning("progress was not stored", report)
  yield* Effect.all([everySecond(renewing), everySecond(Effect.andThen(reporting, showBusySlots))], {
    concurrency: "unbounded",
    discard: true,
  })
  // A trace of every beat would bury those of the jobs.
}).pipe(Effect.withTracerEnabled(false))
