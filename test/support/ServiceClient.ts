import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { Job, type JobId } from "../../src/Domain/job/Job.ts"
import type { JobState } from "../../src/Domain/job/JobState.ts"

/** What a caller of the service sees: an answer of it, raw. */
interface Answer {
  readonly status: number
  readonly contentType: string | null
  readonly location: string | null
  readonly body: unknown
}

/** The job has not reached the wanted state in time; `job` is how it stands. */
class NotYet extends Data.TaggedError("NotYet")<{ readonly job: Job }> {}

const decodeJob = Schema.decodeUnknownEffect(Schema.toCodecJson(Job))
const decodeCreated = Schema.decodeUnknownEffect(Schema.Struct({ jobId: Job.fields.jobId }))

const ask = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
  const response = yield* HttpClient.execute(request)
  const text = yield* response.text
  return {
    status: response.status,
    contentType: response.headers["content-type"] ?? null,
    location: response.headers["location"] ?? null,
    body: text === "" ? null : JSON.parse(text),
  } satisfies Answer
}, Effect.provide(FetchHttpClient.layer))

/** Talks to a running API as `curl` would. */
export const make = (origin: string) => {
  const get = (path: string) => ask(HttpClientRequest.get(`${origin}${path}`))

  const post = (
    fileUrl: string,
    headers: Readonly<Record<string, string>> = {},
    options: Readonly<Record<string, string>> = {},
  ) =>
    ask(
      HttpClientRequest.post(`${origin}/download_file`, { headers }).pipe(
        HttpClientRequest.bodyUrlParams(new URLSearchParams({ fileUrl, ...options })),
      ),
    )

  const preview = (fileUrl: string, options: Readonly<Record<string, unknown>> = {}) =>
    ask(
      HttpClientRequest.post(`${origin}/preview`).pipe(
        HttpClientRequest.bodyJsonUnsafe({ fileUrl, ...options }),
      ),
    )

  const create = (fileUrl: string, options: Readonly<Record<string, unknown>> = {}) =>
    ask(
      HttpClientRequest.post(`${origin}/download_file`).pipe(
        HttpClientRequest.bodyJsonUnsafe({ fileUrl, ...options }),
      ),
    ).pipe(
      Effect.flatMap(({ body }) => decodeCreated(body)),
      Effect.map(({ jobId }) => jobId),
    )

  const status = (jobId: JobId) =>
    Effect.flatMap(get(`/job_status?jobId=${jobId}`), ({ body }) => decodeJob(body))

  /** The job when its state has changed. */
  const changed = (jobId: JobId) =>
    Effect.flatMap(get(`/job_status?jobId=${jobId}&wait=30`), ({ body }) => decodeJob(body))

  const cancel = (jobId: JobId) => get(`/job_cancel?jobId=${jobId}`)

  /** Asks until the job fits. Gives up after `seconds`. */
  const until = (jobId: JobId, fits: (job: Job) => boolean, seconds = 30) =>
    status(jobId).pipe(
      Effect.filterOrFail(fits, (job) => new NotYet({ job })),
      Effect.retry({
        while: (error) => error._tag === "NotYet",
        schedule: Schedule.spaced("10 millis").pipe(Schedule.upTo({ duration: `${seconds} seconds` })),
      }),
    )

  const reaches = (jobId: JobId, ...states: ReadonlyArray<JobState>) =>
    until(jobId, (job) => states.includes(job.state))

  return { get, post, preview, create, status, changed, cancel, until, reaches }
}
