import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import {
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
  ProblemDetails,
} from "effect/http"
import { securityHeaders } from "./browsers/securityHeaders.ts"
import { retryAfterSeconds } from "../contract/problems/Problems.ts"
import {
  type ProblemCode,
  problemCatalog,
  problemCodeOf,
  problemBody,
} from "../contract/problems/problemCatalog.ts"
import { noUploads } from "./input/RequestIssues.ts"
import { pathOf } from "./RoutePaths.ts"

const retryableStatuses: ReadonlySet<number> = new Set([429, 503])

/** The response for a problem that no endpoint declares. */
export const problemResponse = (
  code: ProblemCode,
  detail?: string,
  options: { readonly status?: number; readonly headers?: Record<string, string> } = {},
): HttpServerResponse.HttpServerResponse => {
  const problem = problemBody(code, detail)
  return ProblemDetails.toResponse({ ...problem, status: options.status ?? problem.status }).pipe(
    HttpServerResponse.setHeaders(options.headers ?? {}),
  )
}

const unsupportedBody = (contentType: string, meaning: string): string => {
  const curl = contentType.startsWith("multipart/") ? " With curl use -d instead of -F." : ""
  const advice = /json|^text\/plain/i.test(contentType) ? "" : `${curl} ${noUploads}.`
  return `The body has the type ${contentType.replace(/;.*$/s, "")}. ${meaning}${advice}`
}

const detailOf = (code: ProblemCode, request: HttpServerRequest.HttpServerRequest): string => {
  const { meaning } = problemCatalog[code]
  switch (code) {
    case "not_found":
      return `There is no ${pathOf(request.url)} here. ${meaning}`
    case "unsupported_media_type":
      return unsupportedBody(request.headers["content-type"] ?? "unknown", meaning)
    case "invalid_request":
      return "The request is malformed or incomplete. Check the client and send it again."
    default:
      return meaning
  }
}

const isProblem = (response: HttpServerResponse.HttpServerResponse): boolean =>
  response.headers["content-type"]?.startsWith(ProblemDetails.contentType) === true

/** Headers of the replaced response that are about the error or the connection. */
const keptHeaders = new Set(["allow", "retry-after", "connection", "upgrade", "accept-encoding"])

const asProblem = (
  response: HttpServerResponse.HttpServerResponse,
  request: HttpServerRequest.HttpServerRequest,
): HttpServerResponse.HttpServerResponse => {
  if (response.status < 400 || isProblem(response)) return response
  const code = problemCodeOf(response.status)
  const headers = Object.fromEntries(
    Object.entries(response.headers).filter(([name]) => keptHeaders.has(name)),
  )
  return problemResponse(code, detailOf(code, request), { status: response.status, headers })
}

const finish = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse => {
  const defaults: Record<string, string> = {
    // A cached job status would be outdated, and a cached GET /job_cancel would cancel nothing.
    "cache-control": "no-store",
    ...securityHeaders,
    // A body that was not read would be taken for the next request.
    ...(response.status === 413 ? { connection: "close" } : {}),
    // RFC 9110 §15.5.2
    ...(response.status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(retryableStatuses.has(response.status) ? { "retry-after": retryAfterSeconds } : {}),
  }
  return HttpServerResponse.setHeaders(response, { ...defaults, ...response.headers })
}

const isAbortedByClient = (cause: Cause.Cause<unknown>): boolean =>
  Cause.hasInterruptsOnly(cause) &&
  cause.reasons.some((reason) => reason.annotations.has(HttpServerError.ClientAbort.key))

/**
 * Turns every error of a route into a problem: declared errors, errors of the framework, and bugs. Bugs are logged with
 * their cause, and the response does not show it.
 */
export const layerProblemResponses = HttpRouter.middleware(
  (handler) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      return yield* Effect.matchCauseEffect(handler, {
        onSuccess: (response) => Effect.succeed(finish(asProblem(response, request))),
        onFailure: (cause) => {
          // The client is gone.
          if (isAbortedByClient(cause)) return Effect.failCause(cause)
          return HttpServerError.causeResponse(cause).pipe(
            Effect.map(([response]) => finish(asProblem(response, request))),
            Effect.tap((response) =>
              response.status >= 500 && !Cause.hasInterruptsOnly(cause)
                ? Effect.logError("request failed", cause)
                : Effect.void,
            ),
          )
        },
      })
    }),
  { global: true },
)
