import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as RcMap from "effect/RcMap"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import type { Job, JobId } from "../../Domain/job/Job.ts"
import { Jobs } from "../../Domain/job/Jobs.ts"
import { isFinal } from "../../Domain/job/JobState.ts"
import { progressInterval } from "../../Domain/job/Progress.ts"
import { Caller, theService } from "../../Domain/service/Caller.ts"
import * as OutageLog from "../../Domain/service/OutageLog.ts"
import { JobResource } from "../contract/JobResource.ts"
import { contentId, type EventFrame, eventFrame } from "./EventFrame.ts"

interface JobFrame extends EventFrame {
  /** The job has ended: no frame follows. */
  readonly isLast: boolean
  /** When it ended. */
  readonly finishedAt: DateTime.Utc | null
}

const encode = Schema.encodeSync(Schema.toCodecJson(JobResource))

/** The event that shows a job as it is. */
export const jobFrame = (job: Job): JobFrame => {
  const data = JSON.stringify(encode(job))
  return {
    ...eventFrame("job", contentId(data), data),
    isLast: isFinal(job.state),
    finishedAt: job.finishedAt,
  }
}

/**
 * Jobs that are followed, each by one reader for all of its streams. Running jobs are read every second, all at the same moment,
 * which makes their reads one statement; the others only after a change.
 */
export class JobStreams extends Context.Service<
  JobStreams,
  {
    /** The job now and after each change, until it has ended. A slow reader misses what was between. */
    readonly follow: (jobId: JobId) => Effect.Effect<Stream.Stream<JobFrame>, never, Scope>
  }
>()("sluice/Api/JobStreams") {
  static readonly layer = Layer.effect(
    JobStreams,
    Effect.gen(function* () {
      const jobs = yield* Jobs
      const changes = yield* JobChanges
      const outage = OutageLog.make("jobs that are followed cannot be read")
      const tick = yield* Latch.make(false)
      yield* tick.release.pipe(Effect.repeat(Schedule.spaced(progressInterval)), Effect.forkScoped)

      const find = (jobId: JobId) =>
        jobs.find(jobId).pipe(
          Effect.provideService(Caller, theService),
          Effect.tap(() => outage.succeeded),
          Effect.tapError(({ message, operation }) => outage.failed({ operation, reason: message })),
          Effect.retry({ schedule: Schedule.spaced(progressInterval) }),
        )

      /** Publishes the job until it has ended; `null`, which ends the streams, if its record has been removed. */
      const publish = Effect.fnUntraced(function* (jobId: JobId, frames: PubSub.PubSub<JobFrame | null>) {
        const change = yield* changes.follow(jobId)
        let published = ""
        while (true) {
          const job = Option.getOrNull(yield* find(jobId))
          const frame = job === null ? null : jobFrame(job)
          if (frame?.id !== published) yield* PubSub.publish(frames, frame)
          if (frame === null || frame.isLast) return
          published = frame.id
          yield* job?.state === "active" ? Effect.raceFirst(change, tick.await) : change
        }
      })

      const followed = yield* RcMap.make({
        lookup: (jobId: JobId) =>
          Effect.gen(function* () {
            const frames = yield* PubSub.sliding<JobFrame | null>({ capacity: 1, replay: 1 })
            const read = publish(jobId, frames).pipe(
              Effect.catchDefect((bug) =>
                Effect.logError("changes of a job cannot be published", bug).pipe(
                  Effect.annotateLogs({ jobId }),
                  // Its clients ask again.
                  Effect.andThen(PubSub.publish(frames, null)),
                ),
              ),
            )
            yield* Effect.forkScoped(Effect.withTracerEnabled(read, false))
            return frames
          }),
      })
      return JobStreams.of({
        follow: (jobId) =>
          Effect.map(RcMap.get(followed, jobId), (frames) =>
            Stream.fromPubSub(frames).pipe(
              Stream.takeWhile((frame) => frame !== null),
              Stream.takeUntil(({ isLast }) => isLast),
            ),
          ),
      })
    }),
  )
}
