import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import type { JobId } from "../../Domain/job/Job.ts"
import { isFinal } from "../../Domain/job/JobState.ts"
import { Jobs } from "../../Domain/job/Jobs.ts"
import type { SourceId } from "../../Domain/job/SourceId.ts"
import { defaultSourceMode } from "../../Domain/load/options/ModeOptions.ts"
import { writtenSchedule } from "../../Domain/refresh/ScheduleOptions.ts"
import type { RefreshedSource } from "../../Domain/refresh/RefreshedSource.ts"
import {
  changedOptions,
  isChanged,
  refusedChange,
  type SourceChange,
  storedUrl,
} from "../../Domain/refresh/SourceChange.ts"
import {
  type IntervalTooShort,
  type SourceNotFound,
  Sources,
  type TableHasSource,
} from "../../Domain/refresh/Sources.ts"
import { Caller } from "../../Domain/service/Caller.ts"
import { Limits } from "../../Domain/service/Limits.ts"
import { masked, UrlMasking } from "../../Domain/source/masking/UrlMasking.ts"
import { Api } from "../contract/Api.ts"
import { SourceOptions } from "../contract/LoadBody.ts"
import { defaultPageSize } from "../contract/parameters/cursor.ts"
import * as Problem from "../contract/problems/Problems.ts"
import { invalidRequest, refuse } from "../http/input/RequestIssues.ts"
import { Refusals } from "../http/log/Refusals.ts"
import { note } from "../http/log/RequestLog.ts"
import { askDatabase } from "./askDatabase.ts"
import { callbackProblems, runProblems, sourceProblems } from "./creationProblems.ts"

const unknownSource = (sourceId: SourceId) =>
  new Problem.UnknownSource({
    sourceId,
    detail: `There is no source ${sourceId}. GET /sources lists yours.`,
  })

const notFound = { SourceNotFound: ({ sourceId }: SourceNotFound) => Effect.fail(unknownSource(sourceId)) }

const refused = (field: string, complaint: string) =>
  Effect.fail(invalidRequest([{ in: "body", field, message: `${field} ${complaint}` }]))

const tooShort = ({ minimum, option }: IntervalTooShort) =>
  refused(
    option,
    `must leave at least ${Duration.format(minimum)} between two runs, which is SOURCE_MIN_INTERVAL`,
  )

const tableHasSource = ({ sourceId, table }: TableHasSource) =>
  Effect.fail(
    new Problem.TableHasSource({
      sourceId,
      table,
      detail: `Source ${sourceId} loads the table ${table} already, and one of the two would replace the rows of the other at every run. Delete that source, or give another tableName, or mode=append or upsert for both.`,
    }),
  )

const decodeOptions = Schema.decodeUnknownEffect(Schema.toType(SourceOptions))

/** The source as the change leaves it, if it is one that could be created. */
const changedSource = Effect.fnUntraced(function* (source: RefreshedSource, change: SourceChange) {
  const complaint = refusedChange(source, change, yield* UrlMasking)
  if (complaint !== null) return yield* refused(...complaint)
  const changed = yield* decodeOptions(changedOptions(source, change), { errors: "all" }).pipe(
    Effect.catch(refuse("body")),
  )
  const { cron: _, every: __, mode = defaultSourceMode, timezone: ___, ...options } = changed
  return {
    options: { ...options, mode },
    schedule: writtenSchedule(changed),
    fileUrl: storedUrl(source, change),
    changesCallback: isChanged(change, "callbackUrl"),
  }
})

/** The handlers of the sources' endpoints. */
export const layerSourcesHandlers = HttpApiBuilder.group(
  Api,
  "sources",
  Effect.fnUntraced(function* (handlers) {
    const sources = yield* Sources
    const jobs = yield* Jobs
    const limits = yield* Limits
    const refusals = yield* Refusals

    const findSource = Effect.fnUntraced(function* (sourceId: SourceId) {
      const source = yield* askDatabase(sources.find(sourceId))
      return Option.isSome(source) ? source.value : yield* unknownSource(sourceId)
    })

    const cancelRun = (jobId: JobId) =>
      askDatabase(jobs.cancel(jobId)).pipe(
        // It has ended meanwhile.
        Effect.catchTags({ JobNotFound: () => Effect.void, JobAlreadyFinished: () => Effect.void }),
      )

    return handlers.handleAll({
      create: Effect.fn("SourcesApi.create")(function* ({ payload, headers }) {
        yield* note({ fileUrl: masked(payload.fileUrl, yield* UrlMasking) })
        const { cron: _, every: __, fileUrl, mode = defaultSourceMode, timezone: ___, ...options } = payload
        const schedule = writtenSchedule(payload)
        const idempotencyKey = headers["idempotency-key"]
        const request = {
          fileUrl,
          options: { ...options, mode },
          schedule,
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        }
        const source = yield* askDatabase(limits.create((yield* Caller).id, sources.create(request))).pipe(
          Effect.catchTags({
            ...sourceProblems(refusals),
            IntervalTooShort: tooShort,
            TableHasSource: tableHasSource,
          }),
        )
        yield* note({ sourceId: source.sourceId })
        return HttpApiSchema.withHeaders({
          body: source,
          headers: { location: `/sources/${source.sourceId}` },
        })
      }),
      list: Effect.fn("SourcesApi.list")(({ query: { after = null, limit = defaultPageSize, runs = 0 } }) =>
        askDatabase(sources.list({ after, limit, runs })),
      ),
      get: Effect.fn("SourcesApi.get")(function* ({ params: { sourceId } }) {
        yield* note({ sourceId })
        return yield* findSource(sourceId)
      }),
      change: Effect.fn("SourcesApi.change")(function* ({ params: { sourceId }, payload }) {
        yield* note({ sourceId })
        return yield* askDatabase(sources.change(sourceId, (source) => changedSource(source, payload))).pipe(
          Effect.catchTags({
            ...notFound,
            ...callbackProblems,
            IntervalTooShort: tooShort,
            TableHasSource: tableHasSource,
          }),
        )
      }),
      remove: Effect.fn("SourcesApi.remove")(function* ({ params: { sourceId } }) {
        yield* note({ sourceId })
        const source = yield* findSource(sourceId)
        // First, so that the request can be repeated if this fails.
        yield* Effect.forEach(
          source.runs.filter(({ state }) => !isFinal(state)),
          ({ jobId }) => cancelRun(jobId),
        )
        const jobId = yield* askDatabase(sources.remove(sourceId)).pipe(Effect.catchTags(notFound))
        // Another run may have begun meanwhile.
        if (jobId !== null) yield* cancelRun(jobId)
      }),
      refresh: Effect.fn("SourcesApi.refresh")(function* ({ params: { sourceId } }) {
        yield* note({ sourceId })
        const jobId = yield* askDatabase(sources.refresh(sourceId)).pipe(
          Effect.catchTags({ ...notFound, ...runProblems(refusals) }),
        )
        yield* note({ jobId })
        return HttpApiSchema.withHeaders({
          body: { jobId },
          headers: { location: `/job_status?jobId=${jobId}` },
        })
      }),
      pause: Effect.fn("SourcesApi.pause")(function* ({ params: { sourceId } }) {
        yield* note({ sourceId })
        return yield* askDatabase(sources.pause(sourceId)).pipe(Effect.catchTags(notFound))
      }),
      resume: Effect.fn("SourcesApi.resume")(function* ({ params: { sourceId } }) {
        yield* note({ sourceId })
        return yield* askDatabase(sources.resume(sourceId)).pipe(Effect.catchTags(notFound))
      }),
    })
  }),
)
