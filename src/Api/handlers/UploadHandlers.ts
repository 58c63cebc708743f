import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import type { IdempotencyKey } from "../../Domain/job/IdempotencyKey.ts"
import type { Job } from "../../Domain/job/Job.ts"
import { Uploads } from "../../Domain/job/Uploads.ts"
import { isRetryable } from "../../Domain/load/LoadError.ts"
import { RequestTimeout } from "../../Domain/service/access/RequestTimeout.ts"
import { uploadUrl } from "../../Domain/source/UploadUrl.ts"
import { Api } from "../contract/Api.ts"
import * as Problem from "../contract/problems/Problems.ts"
import type { UploadOptions } from "../contract/UploadApi.ts"
import { Refusals } from "../http/log/Refusals.ts"
import { note } from "../http/log/RequestLog.ts"
import { readUpload } from "../upload/readUpload.ts"
import { creationProblems } from "./creationProblems.ts"
import { unavailable } from "./askDatabase.ts"

/** The response with a job that was not loaded, or not yet. */
const outcomeOf = (job: Job) => {
  const { error, jobId, state } = job
  const body = { body: job, headers: { location: `/job_status?jobId=${jobId}` } }
  if (state === "cancelled") return Effect.fail(new Problem.UploadCancelled({ jobId }))
  if (state === "failed" && error !== null) {
    const failure = { jobId, detail: error.message, loadError: error }
    return Effect.fail(
      isRetryable(error.code) ? new Problem.UploadUnavailable(failure) : new Problem.UploadFailed(failure),
    )
  }
  return Effect.succeed(HttpApiSchema.withHeaders(body))
}

/** The handlers of uploads. */
export const layerUploadHandlers = HttpApiBuilder.group(
  Api,
  "upload",
  Effect.fnUntraced(function* (handlers) {
    const uploads = yield* Uploads
    const refusals = yield* Refusals
    const timeout = yield* RequestTimeout

    const upload = Effect.fnUntraced(function* (options: {
      readonly request: HttpServerRequest.HttpServerRequest
      readonly query: typeof UploadOptions.Type
      readonly headers: { readonly "idempotency-key"?: IdempotencyKey }
      readonly fileName: string | null
    }) {
      const { headers, query, request } = options
      const idempotencyKey = headers["idempotency-key"]
      const sent = readUpload(request, options.fileName, query, timeout).pipe(
        Effect.map(({ file, fileName, options }) => ({
          file,
          request: {
            fileUrl: uploadUrl(fileName),
            options,
            ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
          },
        })),
        Effect.tap(({ request: { fileUrl } }) => note({ fileUrl })),
      )
      const job = yield* uploads
        .load(sent, (jobId) => note({ jobId }))
        .pipe(
          Effect.catchTags({
            ...creationProblems(refusals),
            ServiceUnavailable: (error) =>
              Effect.mapError(unavailable(error), ({ detail }) => new Problem.UploadUnavailable({ detail })),
            TableBusy: ({ jobId, table }) => Effect.fail(new Problem.TableBusy({ jobId, table })),
            TooManyUploads: () => Effect.fail(new Problem.TooManyUploads({})),
            UploadsOff: () => Effect.fail(new Problem.UploadsOff({})),
          }),
        )
      yield* note({ jobId: job.jobId })
      return yield* outcomeOf(job)
    }, Effect.scoped)

    return handlers
      .handleRaw("upload", ({ headers, query, request }) =>
        upload({ request, query, headers, fileName: null }),
      )
      .handleRaw("uploadForm", ({ headers, query, request }) =>
        upload({ request, query, headers, fileName: null }),
      )
      .handleRaw("uploadNamed", ({ headers, params, query, request }) =>
        upload({ request, query, headers, fileName: params.fileName }),
      )
  }),
)
