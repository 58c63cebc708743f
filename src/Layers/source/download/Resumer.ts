import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { hostOf, portOf } from "../../../Domain/source/hosts/HostAndPort.ts"
import { loadError, type LoadError, type LoadErrorCode } from "../../../Domain/load/LoadError.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import type { Accept } from "../request/followRedirects.ts"
import type { SourceRequest } from "../request/SourceRequest.ts"
import type { Connect, Connection, ConnectionLost } from "./Connection.ts"
import { rangeHeaders, type RangeRequest, rangeResponseError, type ResumableFile } from "./RangeRequest.ts"
import { attemptDelay, type ResumePolicy } from "./ResumePolicy.ts"

/** An expired signed URL, or one of a server that is gone, gets such a response. */
const isRefused = (error: LoadError): boolean =>
  error.code === "source_access_denied" || error.code === "source_not_found"

/** Includes an unknown host: DNS resolved it a moment ago, so that is an outage too. */
const outages: ReadonlySet<LoadErrorCode> = new Set([
  "source_unreachable",
  "source_unknown_host",
  "source_timeout",
  "source_unavailable",
])

const isTransient = (error: LoadError, { maxRetryAfter }: ResumePolicy): boolean =>
  outages.has(error.code) &&
  (error.retryAfter === null || Duration.isLessThanOrEqualTo(error.retryAfter, maxRetryAfter))

const giveUp = (reason: string) => loadError("source_interrupted", `${reason}.`)

/** Resumes one download, any number of times. */
export interface Resumer {
  /**
   * Requests the file from an offset, first where it was found. If it is refused there, follows the redirects from the
   * original URL again. Retries outages within the policy's limits. Fails with the reason for giving up.
   */
  readonly resume: (lost: ConnectionLost, offset: number) => Effect.Effect<Connection, LoadError>
  /** Successful resumes so far. */
  readonly resumes: () => number
}

/**
 * @param options.file the file, or the reason why its rest cannot be requested
 * @param options.original the request for the job's URL
 * @param options.located the request to which the redirects led
 * @param options.scope owns the connections
 */
export const makeResumer = (options: {
  readonly connect: Connect
  readonly file: Result.Result<ResumableFile, string>
  readonly original: SourceRequest
  readonly located: SourceRequest
  readonly policy: ResumePolicy
  readonly scope: Scope.Scope
}): Resumer => {
  const { connect, original, policy } = options
  let located = options.located
  let resumes = 0
  /** Attempts since the last byte. */
  let fruitless = 0
  let lastOffset = -1

  const connectTo = Effect.fnUntraced(function* (request: SourceRequest, range: RangeRequest) {
    const accept: Accept<void> = Effect.fnUntraced(function* ({ url }, response) {
      const error = rangeResponseError(url.host, range, response, yield* Clock.currentTimeMillis)
      if (error !== null) return yield* error
    })
    const fetched = yield* connect(request, () => rangeHeaders(range), accept)
    located = fetched.request
    return fetched.connection
  })

  const attempt = (range: RangeRequest): Effect.Effect<Connection, LoadError, Scope.Scope> =>
    Effect.catchIf(
      connectTo(located, range),
      (error) => isRefused(error) && located.url.href !== original.url.href,
      () => connectTo(original, range),
    )

  const attemptWithRetries = Effect.fnUntraced(function* (range: RangeRequest) {
    let error = giveUp("the last connections brought no byte")
    while (fruitless < policy.maxFruitlessAttempts) {
      const backoff = attemptDelay(policy, fruitless, yield* Random.next)
      const delay = Duration.max(backoff, error.retryAfter ?? Duration.zero)
      if (!Duration.isZero(delay)) yield* Effect.sleep(delay)
      fruitless += 1
      const result = yield* Effect.result(attempt(range))
      if (Result.isSuccess(result)) return result.success
      error = result.failure
      if (!isTransient(error, policy)) break
    }
    return yield* error
  })

  const tracedResume = Effect.fn("CsvSource.resume")(function* (lost: ConnectionLost, range: RangeRequest) {
    yield* Effect.annotateCurrentSpan({
      "sluice.source.offset": range.offset,
      "sluice.source.break": lost.reason,
    })
    const connection = yield* Effect.ensuring(
      attemptWithRetries(range),
      Effect.suspend(() =>
        Effect.annotateCurrentSpan({
          "server.address": hostOf(located.url),
          "server.port": portOf(located.url),
          "sluice.source.tries": fruitless,
        }),
      ),
    )
    resumes += 1
    yield* Effect.logInfo("download resumed").pipe(
      Effect.annotateLogs({
        host: located.url.host,
        offset: range.offset,
        size: range.file.size,
        try: fruitless,
        break: lost.reason,
        resumes,
      }),
    )
    return connection
  })

  const resume = Effect.fnUntraced(
    function* (lost: ConnectionLost, offset: number) {
      const file = yield* Effect.fromResult(Result.mapError(options.file, giveUp))
      if (resumes >= policy.maxResumes) return yield* giveUp(`it was resumed ${resumes} times already`)
      if (offset > lastOffset) fruitless = 0
      lastOffset = offset
      return yield* tracedResume(lost, { file, offset })
    },
    Effect.tap(() => Metrics.count("sluice.source.resumes", { outcome: "resumed" })),
    Effect.tapError(() => Metrics.count("sluice.source.resumes", { outcome: "failed" })),
    Effect.provideService(Scope.Scope, options.scope),
  )

  return { resume, resumes: () => resumes }
}
