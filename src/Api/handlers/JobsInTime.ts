import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { withTimeout } from "../../Domain/service/withTimeout.ts"
import { Jobs } from "../../Domain/job/Jobs.ts"

/** Longer than a client should be kept waiting for an answer that says only that there is none. */
const limit = Duration.seconds(10)

/** What requests ask of the jobs, each call within a limit: a database that hangs is answered 503, too. */
export const jobsInTime = Effect.map(Jobs, (jobs) => {
  const limited = withTimeout(limit, "answer a request")
  return {
    create: (...call: Parameters<typeof jobs.create>) => limited(jobs.create(...call)),
    find: (...call: Parameters<typeof jobs.find>) => limited(jobs.find(...call)),
    rejects: (...call: Parameters<typeof jobs.rejects>) => limited(jobs.rejects(...call)),
    cancel: (...call: Parameters<typeof jobs.cancel>) => limited(jobs.cancel(...call)),
  }
})
