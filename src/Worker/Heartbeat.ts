import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { survive } from "./Survive.ts"
import { claimKey } from "../Domain/Claim.ts"
import { JobQueue } from "../Domain/JobQueue.ts"
import { Jobs } from "../Domain/Jobs.ts"
import { Liveness } from "../Domain/Liveness.ts"
import { recordBusySlots } from "./LoadMetrics.ts"
import { RunningAttempts } from "./RunningAttempts.ts"

/** Between two beats: a tenth of the silence after which the queue takes a worker for dead. */
const interval = Duration.seconds(1)

/**
 * One beat for all running attempts: renews their claims, stops those whose claim is gone (a cancel whose
 * signal was lost, a lapse), and stores their progress.
 */
const beat = Effect.gen(function* () {
  const queue = yield* JobQueue
  const jobs = yield* Jobs
  const running = yield* RunningAttempts
  // One that settles holds row locks until its commit; touching it would make the whole beat wait.
  const beating = running.list().filter((entry) => !entry.isSettling)
  const held = new Set((yield* queue.touch(beating.map((entry) => entry.attempt.claim))).map(claimKey))
  const gone = beating.filter((entry) => !held.has(claimKey(entry.attempt.claim)))
  yield* Effect.forEach(gone, (entry) => running.stop(entry.attempt.claim.jobId, "claim_lost"), {
    concurrency: "unbounded",
    discard: true,
  })
  const alive = beating.filter((entry) => !entry.isSettling && held.has(claimKey(entry.attempt.claim)))
  yield* jobs.report(alive.map((entry) => ({ claim: entry.attempt.claim, counters: entry.meter.read() })))
  yield* recordBusySlots(running.list().length)
})

/** Beats for ever. A beat that fails is logged, and the next one tries again. */
export const heartbeat = Effect.gen(function* () {
  const liveness = yield* Liveness
  return yield* beat.pipe(
    survive("a heartbeat failed"),
    Effect.andThen(liveness.beat),
    Effect.andThen(Effect.sleep(interval)),
    Effect.forever,
    // A trace of every beat would bury those of the jobs.
    Effect.withTracerEnabled(false),
  )
})
