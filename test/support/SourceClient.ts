import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { FetchHttpClient, HttpClient, HttpClientRequest, type HttpMethod } from "effect/http"
import { SourceWithRuns } from "../../src/Domain/refresh/RefreshedSource.ts"
import { Job } from "../../src/Domain/job/Job.ts"
import * as ServiceClient from "./ServiceClient.ts"

const decodeSource = Schema.decodeUnknownEffect(Schema.toCodecJson(SourceWithRuns))
const decodeCreated = Schema.decodeUnknownEffect(Schema.Struct({ jobId: Job.fields.jobId }))

/** Talks to the sources of a running API. */
export const make = (origin: string) => {
  const ask = Effect.fnUntraced(function* (method: HttpMethod.HttpMethod, path: string, body?: object) {
    const request = HttpClientRequest.make(method)(`${origin}/sources${path}`)
    const response = yield* HttpClient.execute(
      body === undefined ? request : HttpClientRequest.bodyJsonUnsafe(request, body),
    )
    const text = yield* response.text
    return {
      status: response.status,
      location: response.headers["location"],
      body: text === "" ? null : JSON.parse(text),
    }
  }, Effect.provide(FetchHttpClient.layer))
  const api = ServiceClient.make(origin)

  const create = (fileUrl: string, options: object) =>
    Effect.flatMap(ask("POST", "", { fileUrl, ...options }), ({ body }) => decodeSource(body))
  const find = (sourceId: string) =>
    Effect.flatMap(ask("GET", `/${sourceId}`), ({ body }) => decodeSource(body))
  /** Runs the source and returns the ended job. */
  const run = (sourceId: string) =>
    ask("POST", `/${sourceId}/refresh`).pipe(
      Effect.flatMap(({ body }) => decodeCreated(body)),
      Effect.flatMap(({ jobId }) => api.reaches(jobId, "completed", "failed", "cancelled")),
    )
  /** The source and its first run, which has ended. */
  const createAndRun = Effect.fnUntraced(function* (fileUrl: string, options: object) {
    const source = yield* create(fileUrl, options)
    return { source, job: yield* api.reaches(source.runs[0]!.jobId, "completed", "failed") }
  })
  return { ask, create, find, run, createAndRun }
}
