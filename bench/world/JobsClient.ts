import { once } from "node:events"
import { createReadStream } from "node:fs"
import { Agent, type IncomingMessage, request as httpRequest } from "node:http"
import { basename } from "node:path"
import { text } from "node:stream/consumers"
import { pipeline } from "node:stream/promises"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Job } from "../../src/Domain/job/Job.ts"
import { isFinal } from "../../src/Domain/job/JobState.ts"
import { attempt, BenchFailure } from "../BenchFailure.ts"

const decodeJob = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(Job)))
const decodeCreated = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ jobId: Job.fields.jobId })),
)

/** A completed job, and the seconds from before the POST until the client saw that it completed. */
interface Completed {
  readonly job: Job
  readonly seconds: number
}

/** Polling interval. Polling must not slow down the load, so long loads are polled less often. */
const pollInterval = (elapsedMillis: number): Duration.Duration =>
  Duration.millis(Math.min(50, Math.max(3, elapsedMillis / 50)))

/**
 * An HTTP client of a running API, with keep-alive.
 *
 * @param localAddress its own. Without API keys, each address is another caller.
 */
export const make = (origin: string, localAddress?: string) => {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 16,
    ...(localAddress === undefined ? {} : { localAddress }),
  })

  const send = (method: string, path: string, form?: URLSearchParams) =>
    attempt(`${method} ${path}`, async (signal) => {
      const { promise, reject, resolve } = Promise.withResolvers<string>()
      const request = httpRequest(`${origin}${path}`, { agent, method, signal }, (response) => {
        text(response).then((body) => {
          if ((response.statusCode ?? 500) < 300) resolve(body)
          else reject(new Error(`${response.statusCode}: ${body}`))
        }, reject)
      })
      request.once("error", reject)
      if (form !== undefined) request.setHeader("content-type", "application/x-www-form-urlencoded")
      request.end(form?.toString())
      return await promise
    })

  const post = (fileUrl: string, options: Readonly<Record<string, string>> = {}) =>
    Effect.map(send("POST", "/download_file", new URLSearchParams({ fileUrl, ...options })), decodeCreated)

  /** Loads one file; fails unless the job completes. */
  const load = Effect.fnUntraced(function* (fileUrl: string, options: Readonly<Record<string, string>> = {}) {
    const start = performance.now()
    const { jobId } = yield* post(fileUrl, options)
    while (true) {
      const job = decodeJob(yield* send("GET", `/job_status?jobId=${jobId}`))
      const elapsed = performance.now() - start
      if (job.state === "completed") return { job, seconds: elapsed / 1000 } satisfies Completed
      if (isFinal(job.state))
        return yield* new BenchFailure({
          message: `the job for ${fileUrl} ended ${job.state}: ${job.error?.message ?? "no reason given"}`,
        })
      yield* Effect.sleep(pollInterval(elapsed))
    }
  })

  /** Uploads one file from the disk; fails unless it is loaded. */
  const upload = (path: string) =>
    attempt(`upload ${path}`, async (signal) => {
      const start = performance.now()
      const request = httpRequest(`${origin}/upload/${basename(path)}`, { method: "PUT", signal })
      const response = once(request, "response").then(async ([message]: Array<IncomingMessage>) => {
        const body = await text(message!)
        if (message!.statusCode !== 201) throw new Error(`${message!.statusCode}: ${body}`)
        return decodeJob(body)
      })
      const [job] = await Promise.all([response, pipeline(createReadStream(path), request)])
      return { job, seconds: (performance.now() - start) / 1000 } satisfies Completed
    })

  return { origin, post, load, upload }
}

export type JobsClient = ReturnType<typeof make>
