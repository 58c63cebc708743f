import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import type { JobId } from "../../Domain/job/Job.ts"
import type { JobList, RecentJobs } from "../../Domain/job/list/JobList.ts"
import { progressInterval } from "../../Domain/job/Progress.ts"
import * as OutageLog from "../../Domain/service/OutageLog.ts"
import { positionFrame } from "./EventFrame.ts"
import type { Subscribers } from "./Subscribers.ts"
import { dataOf, reloadFrame, summaryFrame } from "./summaryFrame.ts"

/** Changes of a moment are read together. */
const pause = Duration.millis(100)
/** After this many intervals, all that may have changed is read, because announcements can be lost. */
const intervalsPerReconcile = 5

/** Publishes each job of every owner after each change, and running jobs with their progress every second. Never ends. */
export const watchJobs = Effect.fnUntraced(function* (
  list: JobList["Service"],
  changes: (typeof JobChanges)["Service"],
  publish: Subscribers["publish"],
) {
  const outage = OutageLog.make("changes of jobs cannot be read")
  const wake = yield* Latch.make(false)
  let announced = new Set<JobId>()
  let isGap = false
  let intervals = 0
  let isInterval = true
  /** Time of the last read of all that may have changed. */
  let reconciledAt: number | null = null
  /** Position of a client that has received everything so far. */
  let position: number | null = null
  /** The jobs as they were published. Only of those that may change or were read lately. */
  let published = new Map<JobId, string>()

  const show = ({ jobs, time }: RecentJobs, isReconcile: boolean) => {
    const shown = new Map<JobId, string>(isReconcile ? [] : published)
    // After a gap, the events of a read can be older than the overlap of positions. A client that does not get all of them has to
    // continue from the position before.
    const id = isReconcile ? (position ?? time) : time
    for (const { job, owner } of jobs.toReversed()) {
      const data = dataOf(job)
      if (published.get(job.jobId) !== data) publish(summaryFrame(id, data), { owner, job })
      shown.set(job.jobId, data)
    }
    published = shown
    position = time
  }

  const read = Effect.gen(function* () {
    yield* wake.await
    yield* wake.close
    const jobIds = announced
    const isReconcile = isGap || intervals >= intervalsPerReconcile
    const isStarted = isInterval || isReconcile
    announced = new Set()
    isGap = isInterval = false
    const recent = yield* list
      .recent({ owner: null, jobIds, isStarted, since: isReconcile ? reconciledAt : null })
      .pipe(
        Effect.tapError(() =>
          Effect.sync(() => {
            isGap = true
            for (const jobId of jobIds) announced.add(jobId)
          }),
        ),
      )
    yield* outage.succeeded
    show(recent, isReconcile)
    // Other reads leave out only the progress of jobs.
    if (isReconcile) publish(recent.isCut ? reloadFrame(recent.time) : positionFrame(String(recent.time)))
    if (isReconcile || reconciledAt === null) reconciledAt = recent.time
    if (isReconcile) intervals = 0
    yield* Effect.sleep(pause)
  }).pipe(
    Effect.catch(({ message, operation }) =>
      Effect.andThen(outage.failed({ operation, reason: message }), Effect.sleep(progressInterval)),
    ),
  )

  const listen = Stream.runForEach(changes.all, (changed) =>
    Effect.suspend(() => {
      if (changed === null) isGap = true
      else for (const jobId of changed) announced.add(jobId)
      return wake.open
    }),
  )
  const count = Effect.suspend(() => {
    intervals++
    isInterval = true
    return wake.open
  }).pipe(Effect.repeat(Schedule.spaced(progressInterval)))
  yield* Effect.all([Effect.forever(read), listen, count], { concurrency: "unbounded", discard: true })
})
