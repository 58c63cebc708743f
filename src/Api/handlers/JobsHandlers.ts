import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { Exports, type KeptKind } from "../../Domain/job/Exports.ts"
import { JobChanges } from "../../Domain/job/changes/JobChanges.ts"
import { isFinal } from "../../Domain/job/JobState.ts"
import type { JobId } from "../../Domain/job/Job.ts"
import { fileUrlsOf, Jobs, type JobAlreadyFinished } from "../../Domain/job/Jobs.ts"
import { countUnblank } from "../../Domain/load/SkippedLine.ts"
import { Caller } from "../../Domain/service/Caller.ts"
import { Limits } from "../../Domain/service/Limits.ts"
import { HeldRequests } from "../http/HeldRequests.ts"
import { creationProblems } from "./creationProblems.ts"
import { withinLimit } from "../http/limits/limitProblem.ts"
import { Refusals } from "../http/log/Refusals.ts"
import { requestedFiles } from "../../Domain/source/FileUrls.ts"
import { shownUrls } from "../../Domain/source/masking/shownUrls.ts"
import { UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { Api } from "../contract/Api.ts"
import { defaultPageSize } from "../contract/JobRejects.ts"
import * as Problem from "../contract/problems/Problems.ts"
import { attachment } from "../http/attachment.ts"
import { prefersCsv } from "../http/prefersCsv.ts"
import { askDatabase } from "./askDatabase.ts"
import { askRejects } from "./askRejects.ts"
import { noSuchJob } from "./noSuchJob.ts"
import { formatFits, rejectsAsSource } from "./rejectsAsSource.ts"
import { invalidRequest } from "../http/input/RequestIssues.ts"
import { note } from "../http/log/RequestLog.ts"

const alreadyFinished = ({ job }: JobAlreadyFinished) =>
  job.state === "completed" || job.state === "failed"
    ? Effect.fail(
        new Problem.JobAlreadyFinished({
          jobId: job.jobId,
          state: job.state,
          detail: `Job ${job.jobId} has ${job.state} already and cannot be cancelled.`,
        }),
      )
    : Effect.die(new Error(`job ${job.jobId} is not finished but ${job.state}`))

const onlyJobId = Effect.fnUntraced(function* (inQuery: JobId | undefined, inBody: JobId | undefined) {
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
    return yield* invalidRequest([
      { in: "body", field: "jobId", message: "jobId in the body differs from jobId in the query" },
    ])
  }
  const jobId = inQuery ?? inBody
  if (jobId === undefined) {
    return yield* invalidRequest([
      { in: "query", field: "jobId", message: "jobId is missing: give it in the query or in the body" },
    ])
  }
  return jobId
})

const linkToNext = (kind: KeptKind, jobId: JobId, after: number, limit: number, isSafe: boolean): string =>
  `</job_rejects?jobId=${jobId}${kind === "rejects" ? "" : `&kind=${kind}`}&format=csv${isSafe ? "&safe=true" : ""}&after=${after}&limit=${limit}>; rel="next"`

/** The handlers of the jobs' endpoints. */
export const layerJobsHandlers = HttpApiBuilder.group(
  Api,
  "jobs",
  Effect.fnUntraced(function* (handlers) {
    const jobs = yield* Jobs
    const exports = yield* Exports
    const limits = yield* Limits
    const refusals = yield* Refusals
    const changes = yield* JobChanges
    const held = yield* HeldRequests

    const cancel = Effect.fnUntraced(function* (jobId: JobId) {
      yield* note({ jobId })
      return yield* askDatabase(jobs.cancel(jobId)).pipe(
        Effect.catchTags({
          JobNotFound: () => Effect.fail(noSuchJob(jobId)),
          JobAlreadyFinished: alreadyFinished,
        }),
      )
    })

    const find = Effect.fnUntraced(function* (jobId: JobId) {
      const job = yield* askDatabase(jobs.find(jobId))
      return Option.isSome(job) ? job.value : yield* noSuchJob(jobId)
    })

    /** The job once its state or its attempt has changed, or as it is after `wait` seconds. */
    const findChanged = Effect.fnUntraced(function* (jobId: JobId, wait: number) {
      const change = yield* changes.follow(jobId)
      let job = yield* find(jobId)
      const { attempt, state } = job
      const isSame = () => !isFinal(job.state) && job.state === state && job.attempt === attempt
      const changed = Effect.whileLoop({
        while: isSame,
        body: () => Effect.andThen(change, find(jobId)),
        step: (found) => {
          job = found
        },
      })
      yield* held.hold((yield* Caller).id, Effect.timeoutOption(changed, Duration.seconds(wait)))
      // The progress of a job that is still running.
      return isSame() ? yield* find(jobId) : job
    }, Effect.scoped)
    return handlers.handleAll({
      download: Effect.fn("JobsApi.download")(function* ({ payload, headers }) {
        const { fileUrl, ...options } = payload
        const files = requestedFiles(fileUrl)
        yield* note({ fileUrl: shownUrls(fileUrlsOf(files), yield* UrlMasking).join(" ") })
        const idempotencyKey = headers["idempotency-key"]
        const request = { ...files, options, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }
        const { jobId } = yield* askDatabase(limits.create((yield* Caller).id, jobs.create(request))).pipe(
          Effect.catchTags(creationProblems(refusals)),
        )
        yield* note({ jobId })
        return HttpApiSchema.withHeaders({
          body: { jobId },
          headers: { location: `/job_status?jobId=${jobId}` },
        })
      }),
      status: Effect.fn("JobsApi.status")(function* ({ query: { jobId, wait = 0 } }) {
        yield* note({ jobId })
        return wait === 0 ? yield* find(jobId) : yield* findChanged(jobId, wait)
      }),
      rejects: Effect.fn("JobsApi.rejects")(function* ({ query }) {
        const { after = 0, jobId, kind = "rejects", limit } = query
        const isSafe = query.safe === "true"
        yield* note({ jobId })
        yield* formatFits(query)
        // The state is read before the page: everything that a completed job has kept is there.
        const job = yield* find(jobId)
        const { skipped, state } = job
        if (query.format === "source")
          return yield* Effect.provideService(rejectsAsSource(job, query), Jobs, jobs)
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const isCsv = query.format === undefined ? prefersCsv(headers["accept"]) : query.format === "csv"
        if (isCsv) {
          yield* withinLimit(refusals)(held.enter("export"))
          const { csv, next } = yield* askDatabase(
            exports.csv(kind, jobId, { after, limit: limit ?? null, isSafe }),
          )
          return HttpApiSchema.withHeaders({
            body: csv,
            headers: {
              "content-disposition": attachment(`${kind}_${jobId}.csv`),
              ...(next === null || limit === undefined
                ? {}
                : { link: linkToNext(kind, jobId, next, limit, isSafe) }),
            },
          })
        }
        const selection = { after, limit: limit ?? defaultPageSize }
        if (kind === "rejects") {
          const { items, next } = yield* askRejects(jobs.rejects(jobId, selection))
          return { jobId, state, rejects: items, next }
        }
        const { items, kept, next } = yield* askRejects(jobs.skipped(jobId, selection))
        const total = countUnblank(skipped ?? {})
        return { jobId, state, skipped: items, total, kept: state === "completed" ? kept : 0, next }
      }),
      cancelByLink: Effect.fn("JobsApi.cancelByLink")(function* ({ query }) {
        return yield* cancel(query.jobId)
      }),
      cancel: Effect.fn("JobsApi.cancel")(function* ({ query, payload }) {
        return yield* cancel(yield* onlyJobId(query.jobId, payload?.jobId))
      }),
    })
  }),
)
