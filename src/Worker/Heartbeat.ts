import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { claimKey } from "../Domain/job/Claim.ts"
import { JobQueue } from "../Domain/job/JobQueue.ts"
import { Jobs } from "../Domain/job/Jobs.ts"
import { withTimeout } from "../Domain/service/withTimeout.ts"
import { keepRunning } from "./keepRunning.ts"
import { recordProgress } from "./LoadMetrics.ts"
import { isSettling, Slots } from "./Slots.ts"

/** A tenth of the time after which the queue considers a silent worker dead. */
const interval = Duration.seconds(1)

/** A call that waits for a lock, or for a server that hangs, must not delay the next heartbeat. */
const callTimeout = Duration.seconds(2)

/** A settling attempt holds row locks until its commit, so a heartbeat for it would wait. */
const unsettled = Effect.map(Slots, (slots) => slots.list().filter((slot) => !isSettling(slot)))

/** Renews the claims. Stops attempts whose claim is gone: cancelled (the signal was lost) or lapsed. */
const renewClaims = Effect.gen(function* () {
  const queue = yield* JobQueue
  const slots = yield* Slots
  const claims = (yield* unsettled).map(({ attempt }) => attempt.claim)
  const held = new Set((yield* withTimeout(callTimeout, "renew claims")(queue.touch(claims))).map(claimKey))
  const gone = claims.filter((claim) => !held.has(claimKey(claim)))
  yield* Effect.forEach(gone, slots.abandon, { concurrency: "unbounded", discard: true })
})

const reportProgress = Effect.gen(function* () {
  const jobs = yield* Jobs
  const reports = (yield* unsettled).map(({ attempt, clock, progress }) => ({
    claim: attempt.claim,
    counters: progress.read(),
    measured: clock.report(),
  }))
  yield* withTimeout(callTimeout, "report progress")(jobs.report(reports))
})

/** Counts live, so that a load that stands still can be seen before it ends. */
const countProgress = Effect.flatMap(Slots, (slots) =>
  Effect.forEach(slots.list(), ({ progress }) => recordProgress(progress), { discard: true }),
)

const everyInterval = <E, R>(iteration: Effect.Effect<void, E, R>) =>
  Effect.forever(Effect.andThen(iteration, Effect.sleep(interval)))

/**
 * Runs forever, for all attempts at once. Claims are renewed independently of progress reports, so that a locked job
 * record cannot cost a healthy load its claim. Not traced, because spans of heartbeats would bury those of the jobs.
 */
export const heartbeat = Effect.gen(function* () {
  const renewing = keepRunning("claims were not renewed", renewClaims)
  const reporting = keepRunning("progress was not stored", reportProgress)
  yield* Effect.all([everyInterval(renewing), everyInterval(Effect.andThen(reporting, countProgress))], {
    concurrency: "unbounded",
    discard: true,
  })
}).pipe(Effect.withTracerEnabled(false))
