import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { IdempotencyKey } from "../../src/Domain/job/IdempotencyKey.ts"
import type { JobId } from "../../src/Domain/job/Job.ts"
import { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import { Jobs, type LoadRequest } from "../../src/Domain/job/Jobs.ts"
import { loadError } from "../../src/Domain/load/LoadError.ts"
import type { LoadOptions } from "../../src/Domain/load/options/LoadOptions.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"

export const fileUrl = SourceUrl.make("http://files.example/tripsdata.csv")
export const trouble = loadError("source_timeout", "the source went silent", {
  place: { line: 12, byteOffset: 340 },
})

export const find = (jobId: JobId) =>
  Effect.flatMap(Jobs, (jobs) => jobs.find(jobId)).pipe(
    Effect.flatMap(
      Option.match({ onNone: () => Effect.die("the job does not exist"), onSome: Effect.succeed }),
    ),
  )

/** Creates a job and finds it. */
export const createJob = (request: LoadRequest) =>
  Effect.gen(function* () {
    const { jobId } = yield* (yield* Jobs).create(request)
    return yield* find(jobId)
  })
export const createWith = (options: LoadOptions) => createJob({ fileUrl, options })
/** The same with this idempotency key. */
export const createUnder = (key: string, options: LoadOptions = {}) =>
  createJob({ fileUrl, options, idempotencyKey: IdempotencyKey.make(key) })
export const create = createWith({})

/** Claims all waiting jobs, because the queue cannot claim a specific one. Returns the claim of this job. */
export const claimOf = (jobId: JobId) =>
  Effect.gen(function* () {
    const queue = yield* JobQueue
    const claimed = yield* queue.claim(100)
    return Option.fromNullishOr(claimed.find(({ claim }) => claim.jobId === jobId)?.claim)
  })

export const claimed = (jobId: JobId) =>
  Effect.flatMap(
    claimOf(jobId),
    Option.match({ onNone: () => Effect.die("the job was not claimed"), onSome: Effect.succeed }),
  )

/** A claim of a job that did not wait. */
export const claimedNow = { replica: 1, times: { createdAt: 0, dueAt: 0, claimedAt: 0 } }
