import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Struct from "effect/Struct"
import { HttpMethod, HttpRouter, HttpServerRequest } from "effect/http"
import type { JobId } from "../../../Domain/job/Job.ts"
import type { SourceId } from "../../../Domain/job/SourceId.ts"
import type { LoadErrorCode } from "../../../Domain/load/LoadError.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { auditLog } from "./auditLog.ts"
import { isQuiet, pathOf, routePathOf } from "../RoutePaths.ts"

interface Notes {
  /** Name of the caller, once it is known. */
  readonly caller?: string
  /** The caller's address. */
  readonly client?: string
  /** What a request for a change would change, for the audit log. */
  readonly action?: string
  readonly jobId?: JobId
  readonly sourceId?: SourceId
  /** The table that is read, with its schema. */
  readonly table?: string
  /** Rows in the response. */
  readonly rows?: number
  /** With secrets masked. */
  readonly fileUrl?: string
  /** Why a preview failed. */
  readonly loadError?: LoadErrorCode
  /** What the service cannot do now, and why. */
  readonly unavailable?: { readonly operation: string; readonly reason: string }
  /** Why the request was refused before its handler ran. Such requests have their own log. */
  readonly refused?: string
}

/** What a handler adds to the log line and the span of its request. */
class RequestNotes extends Context.Service<RequestNotes, { current: Notes }>()("sluice/Api/RequestNotes") {}

/** Adds these notes to the log line and the span of the current request. */
export const note = (notes: Notes): Effect.Effect<void> =>
  Effect.gen(function* () {
    const holder = yield* Effect.serviceOption(RequestNotes)
    if (holder._tag === "Some") holder.value.current = { ...holder.value.current, ...notes }
  })

/** The notes so far. */
export const notes: Effect.Effect<Notes> = Effect.map(
  Effect.serviceOption(RequestNotes),
  Option.match({ onNone: () => ({}), onSome: ({ current }) => current }),
)

/** What metrics and spans of a request have in common. */
const requestAttributes = (route: string | undefined, status: number) => ({
  "http.route": route,
  "error.type": status >= 500 ? String(status) : undefined,
})

/** 503 is what the service expects to happen: something that it needs does not respond, or it stops. */
const lineOf = (status: number, isRefused: boolean) => {
  if (status === 503) return Effect.logWarning("request")
  if (status >= 500) return Effect.logError("request")
  return isRefused ? Effect.logDebug("request") : Effect.logInfo("request")
}

/**
 * Logs one line at the end of each request: method, route, status, duration and job. Never a query or a body, which may
 * contain credentials. Health checks and scrapes are logged only if
 * the service could not respond to them.
 */
export const layerRequestLog = HttpRouter.middleware(
  (handler) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const notes: RequestNotes["Service"] = { current: {} }
      const startedAt = yield* Clock.currentTimeNanos
      const exit = yield* Effect.exit(Effect.provideService(handler, RequestNotes, notes))
      const elapsed = Duration.nanos((yield* Clock.currentTimeNanos) - startedAt)
      // As in nginx: the client closed the connection before the response.
      const status = Exit.isSuccess(exit) ? exit.value.status : 499
      const route = routePathOf(request.url)
      yield* Effect.annotateCurrentSpan(
        Record.filter(requestAttributes(route?.path, status), Predicate.isNotUndefined),
      )
      yield* Effect.annotateCurrentSpan(
        Struct.renameKeys(Struct.omit(notes.current, ["action", "client", "unavailable"]), {
          jobId: "sluice.job.id",
          sourceId: "sluice.source.id",
          fileUrl: "sluice.file_url",
          table: "sluice.table",
          rows: "sluice.rows",
          loadError: "sluice.load_error",
          refused: "sluice.refused",
          caller: "sluice.caller",
        }),
      )
      const { action, refused, unavailable, ...shown } = notes.current
      if (isQuiet(request.url) && unavailable === undefined) return yield* exit
      yield* Metrics.record(
        "http.server.request.duration",
        {
          "http.request.method": HttpMethod.isHttpMethod(request.method) ? request.method : "_OTHER",
          "url.scheme": "http",
          "http.response.status_code": String(status),
          ...requestAttributes(route?.path, status),
        },
        Duration.toSeconds(elapsed),
      )
      const { caller, client } = shown
      // A malformed request names nothing that could be changed, and one over a limit is logged as a refusal.
      const isUnderstood =
        [shown.jobId, shown.sourceId, shown.fileUrl].some(Predicate.isNotUndefined) && status !== 429
      if (action !== undefined && caller !== undefined && client !== undefined && isUnderstood)
        yield* auditLog({ ...shown, action, caller, client }, status)
      yield* lineOf(status, refused !== undefined).pipe(
        Effect.annotateLogs({
          method: request.method,
          route: route?.path ?? pathOf(request.url),
          status,
          duration_ms: Math.round(Duration.toMillis(elapsed)),
          ...Struct.renameKeys(shown, {
            jobId: "job_id",
            sourceId: "source_id",
            fileUrl: "file_url",
            loadError: "load_error",
          }),
          ...unavailable,
        }),
      )
      return yield* exit
    }),
  { global: true },
)
