import * as Schema from "effect/Schema"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { SourceChange } from "../../Domain/refresh/SourceChange.ts"
import { ListedSource, shownRuns, SourceWithRuns } from "../../Domain/refresh/RefreshedSource.ts"
import { SourceCursor } from "../../Domain/refresh/Sources.ts"
import { cursor, listQuery, nextPlace } from "./parameters/cursor.ts"
import { IdempotencyKeyField } from "./parameters/IdempotencyKeyField.ts"
import { exampleId, exampleSourceId } from "./JobResource.ts"
import { AcceptedResponse } from "./JobsApi.ts"
import { exampleUrl, SourceBody } from "./LoadBody.ts"
import { Authorization, ChangesState, InvalidInput, RequiredScope } from "./Middleware.ts"
import * as Problem from "./problems/Problems.ts"
import { queryParameters } from "./parameters/queryParameters.ts"

const exampleSource = {
  sourceId: exampleSourceId,
  fileUrl: exampleUrl,
  target: "default",
  schema: "public",
  table: "trips",
  options: { mode: "replace" },
  every: "1h",
  cron: null,
  timezone: "UTC",
  state: "active",
  stopReason: null,
  createdAt: "2020-05-18T08:03:03.412Z",
  nextRunAt: "2020-05-18T09:03:14.070Z",
  unchangedRuns: 1,
  failures: 0,
  skippedRuns: 0,
} as const

export const SourceResource = SourceWithRuns.pipe(
  Schema.annotateEncoded({
    identifier: "Source",
    description: "A URL that is loaded again when its file changes, with its latest runs.",
    examples: [
      {
        ...exampleSource,
        runs: [
          {
            jobId: exampleId,
            state: "completed",
            unchanged: true,
            createdAt: "2020-05-18T08:03:14.081Z",
            finishedAt: "2020-05-18T08:03:14.120Z",
            rowsLoaded: 0,
            error: null,
          },
        ],
      },
    ],
  }),
)

const Cursor = cursor(Schema.fromJsonString(SourceCursor))

/** A page of the list of sources. */
export const SourcesPage = Schema.Struct({
  sources: Schema.Array(ListedSource),
  next: nextPlace(Cursor),
}).pipe(
  Schema.annotateEncoded({
    identifier: "SourcesPage",
    description: "Sources, ordered by their tables.",
    examples: [{ sources: [exampleSource], next: null }],
  }),
)

const ServiceUnavailable = Problem.withRetryAfter(Problem.ServiceUnavailable)

/** A source's id in a request. */
export const SourceIdField = Schema.String.check(
  Schema.isUUID(undefined, {
    message: `sourceId is not a UUID such as ${exampleSourceId}: use one that GET /sources lists`,
  }),
)
  .pipe(Schema.brand("SourceId"))
  .annotate({ description: "Id of the source, from POST /sources.", examples: [exampleSourceId] })

const bySourceId = { sourceId: SourceIdField }

const create = HttpApiEndpoint.post("create", "/sources", {
  headers: { "idempotency-key": Schema.optionalKey(IdempotencyKeyField) },
  payload: [SourceBody, SourceBody.pipe(HttpApiSchema.asFormUrlEncoded())],
  success: HttpApiSchema.WithHeaders(SourceResource.pipe(HttpApiSchema.status(201)), {
    location: Schema.String.annotate({ description: "URL of the source: /sources/…" }),
  }),
  error: [
    Problem.TableNameTaken,
    Problem.TableHasSource,
    Problem.IdempotencyKeyReused,
    Problem.BodyTooLarge,
    Problem.UnsupportedMediaType,
    ServiceUnavailable,
  ],
})
  .annotate(RequiredScope, "submit")
  .annotate(ChangesState, "source_create")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "createSource",
      summary: "Keep a table current",
      description:
        "Loads the file into the table now, and again at each interval or time, if it has changed. The mode is replace unless another is given. Without every and cron, it is loaded only when the source is refreshed.",
    }),
  )

const ListQuery = {
  ...listQuery("sources", Cursor),
  runs: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: shownRuns })).annotate({
      mustBe: `given once, as a whole number from 1 to ${shownRuns}`,
      description: "Return this many of the latest runs of each source; none if omitted.",
    }),
  ),
}

const list = HttpApiEndpoint.get("list", "/sources", {
  query: ListQuery,
  success: SourcesPage,
  error: ServiceUnavailable,
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "listSources",
      summary: "List the sources",
      description:
        "The caller's sources, a page at a time. A key with the scope admin sees those of all keys.",
      transform: (operation) => ({ ...operation, parameters: queryParameters(ListQuery) }),
    }),
  )

const notFound = [Problem.UnknownSource, ServiceUnavailable] as const

const get = HttpApiEndpoint.get("get", "/sources/:sourceId", {
  params: bySourceId,
  success: SourceResource,
  error: notFound,
})
  .annotate(RequiredScope, "read")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "getSource",
      summary: "Get a source",
      description: "The source, with its latest runs.",
    }),
  )

const change = HttpApiEndpoint.patch("change", "/sources/:sourceId", {
  params: bySourceId,
  payload: [SourceChange, SourceChange.pipe(HttpApiSchema.asFormUrlEncoded())],
  success: SourceResource,
  error: [...notFound, Problem.TableHasSource, Problem.BodyTooLarge, Problem.UnsupportedMediaType],
})
  .annotate(RequiredScope, "submit")
  .annotate(ChangesState, "source_change")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "changeSource",
      summary: "Change a source",
      description:
        "Changes the options that are given, and removes those that unset names. The others, the file and the table stay. The next run has the new options, and loads the file again if they change how it is read, except with mode=append.",
    }),
  )

const remove = HttpApiEndpoint.delete("remove", "/sources/:sourceId", {
  params: bySourceId,
  success: HttpApiSchema.NoContent,
  error: notFound,
})
  .annotate(RequiredScope, "cancel")
  .annotate(ChangesState, "source_delete")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "deleteSource",
      summary: "Delete a source",
      description: "Cancels the run that has not ended. The table and the jobs stay.",
    }),
  )

const refresh = HttpApiEndpoint.post("refresh", "/sources/:sourceId/refresh", {
  params: bySourceId,
  success: AcceptedResponse,
  error: [...notFound, Problem.TableNameTaken],
})
  .annotate(RequiredScope, "submit")
  .annotate(ChangesState, "source_refresh")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "refreshSource",
      summary: "Run a source now",
      description: "Creates a run, or returns the one that has not ended. Starts a stopped source again.",
    }),
  )

const pause = HttpApiEndpoint.post("pause", "/sources/:sourceId/pause", {
  params: bySourceId,
  success: SourceResource,
  error: notFound,
})
  .annotate(RequiredScope, "cancel")
  .annotate(ChangesState, "source_pause")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "pauseSource",
      summary: "Pause a source",
      description: "No more runs are planned. A run that has not ended continues.",
    }),
  )

const resume = HttpApiEndpoint.post("resume", "/sources/:sourceId/resume", {
  params: bySourceId,
  success: SourceResource,
  error: notFound,
})
  .annotate(RequiredScope, "submit")
  .annotate(ChangesState, "source_resume")
  .annotateMerge(
    OpenApi.annotations({
      identifier: "resumeSource",
      summary: "Resume a source",
      description: "Starts a paused or stopped source. Its next run is due at once.",
    }),
  )

/** URLs that are loaded again and again. */
export class SourcesApi extends HttpApiGroup.make("sources")
  .add(create, list, get, change, remove, refresh, pause, resume)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({
      title: "Sources",
      description: "URLs that are loaded again when their files change. Each run is a job.",
    }),
  ) {}
