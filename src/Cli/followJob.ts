import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Job, JobId } from "../Domain/job/Job.ts"
import { isFinal } from "../Domain/job/JobState.ts"
import { progressLine } from "./output/progressLine.ts"
import { Screen } from "./output/Screen.ts"
import { explainFailure, isTransient } from "./server/explainFailure.ts"
import { connect } from "./server/Server.ts"

/** How long a server may be away while a job is watched: it is restarted, and the job continues. */
const patience = Duration.minutes(2)
const pause = Duration.millis(500)

/** Shows the progress of a job on standard error until the job ends, and returns it. */
export const followJob = Effect.fnUntraced(function* (
  jobId: JobId,
): Effect.fn.Return<
  Job,
  ReturnType<ReturnType<typeof explainFailure>>,
  Effect.Services<typeof connect> | Screen
> {
  const { client, url } = yield* connect
  const screen = yield* Screen
  let awayMillis = 0
  let wait = 0
  while (true) {
    // Responds when the state changes, or after a second with the progress; at once if too many clients wait.
    const job = yield* client.jobs.status({ query: { jobId, wait } }).pipe(
      Effect.catchIf(
        (error) => isTransient(error) && awayMillis < Duration.toMillis(patience),
        () => Effect.succeed(null),
      ),
      Effect.mapError(explainFailure(url)),
    )
    if (job === null) {
      yield* screen.progress("away", `${url} does not respond, trying again`)
      yield* Effect.sleep(pause)
      awayMillis += Duration.toMillis(pause)
      continue
    }
    if (isFinal(job.state)) return yield* Effect.as(screen.clear, job)
    yield* screen.progress(`${job.state} ${job.attempt}`, progressLine(job))
    awayMillis = 0
    wait = 1
    yield* Effect.sleep("100 millis")
  }
})
