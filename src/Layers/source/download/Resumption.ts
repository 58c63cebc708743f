import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { hostOf, portOf } from "../../../Domain/source/HostAndPort.ts"
import { loadError, type LoadError, type LoadErrorCode } from "../../../Domain/load/LoadError.ts"
import type { Judge } from "../request/Answers.ts"
import type { Hop } from "../request/Hop.ts"
import type { Break, Connect, Leg } from "./Leg.ts"
import { judgeRest, type ResumableFile, type RestOfFile } from "../request/RestOfFile.ts"
import { type ResumePolicy, waitBefore } from "./ResumePolicy.ts"

const resumes = Metric.counter("sluice_source_resumes_total", {
  description: "Broken downloads, by whether they could be gone on with (resumed, failed)",
  incremental: true,
})
const counted = (outcome: "resumed" | "failed") =>
  Metric.update(Metric.withAttributes(resumes, { outcome }), 1)

/** What a URL that was signed for a time, or led to one of several servers, answers when its time is over. */
const isRefused = (error: LoadError): boolean =>
  error.code === "source_access_denied" || error.code === "source_not_found"

/** No answer, or none at present. DNS knew the host a moment ago: that it does not now is an outage too. */
const outages: ReadonlySet<LoadErrorCode> = new Set([
  "source_unreachable",
  "source_unknown_host",
  "source_timeout",
  "source_unavailable",
])

const mayPass = (error: LoadError, { longestRetryAfter }: ResumePolicy): boolean =>
  outages.has(error.code) &&
  (error.retryAfter === null || Duration.isLessThanOrEqualTo(error.retryAfter, longestRetryAfter))

const given = (why: string) => loadError("source_interrupted", `${why}.`)

/** A download that may be gone on with. */
export interface Resumption {
  /**
   * Connects anew and asks for the file from a byte on, where the file was found and then, if it is refused
   * there, once where the redirects began. What may pass is tried again within the policy's bounds. Fails with
   * why it was given up.
   */
  readonly resume: (broken: Break, offset: number) => Effect.Effect<Leg, LoadError>
  /** How often it has succeeded. */
  readonly resumes: () => number
}

/**
 * @param options.file what is known of the file, or why its rest cannot be asked for
 * @param options.found where the redirects from `original` have led
 * @param options.scope what the connections belong to
 */
export const resumption = (options: {
  readonly connect: Connect
  readonly file: Result.Result<ResumableFile, string>
  readonly original: Hop
  readonly found: Hop
  readonly policy: ResumePolicy
  readonly scope: Scope.Scope
}): Resumption => {
  const { connect, original, policy } = options
  let found = options.found
  let count = 0
  /** Tries since the last byte came, and where that was. */
  let fruitless = 0
  let reached = -1

  const connectTo = Effect.fnUntraced(function* (hop: Hop, rest: RestOfFile) {
    const judge: Judge<void> = Effect.fnUntraced(function* (hop, response) {
      const error = judgeRest(hop.url.host, rest, response, yield* Clock.currentTimeMillis)
      if (error !== null) return yield* error
    })
    const answer = yield* connect(hop, rest, judge)
    found = answer.hop
    return answer.leg
  })

  const once = (rest: RestOfFile): Effect.Effect<Leg, LoadError, Scope.Scope> =>
    Effect.catchIf(
      connectTo(found, rest),
      (error) => isRefused(error) && found.url.href !== original.url.href,
      () => connectTo(original, rest),
    )

  const keepTrying = Effect.fnUntraced(function* (rest: RestOfFile) {
    let last = given("no connection of the last ones brought a byte")
    while (fruitless < policy.tries) {
      const asked = last.retryAfter ?? Duration.zero
      const wait = Duration.max(waitBefore(policy, fruitless, yield* Random.next), asked)
      if (!Duration.isZero(wait)) yield* Effect.sleep(wait)
      fruitless += 1
      const tried = yield* Effect.result(once(rest))
      if (Result.isSuccess(tried)) return tried.success
      last = tried.failure
      if (!mayPass(last, policy)) break
    }
    return yield* last
  })

  const tryFrom = Effect.fn("CsvSource.resume")(function* (broken: Break, rest: RestOfFile) {
    yield* Effect.annotateCurrentSpan({
      "sluice.source.offset": rest.offset,
      "sluice.source.break": broken.why,
    })
    const leg = yield* Effect.ensuring(
      keepTrying(rest),
      Effect.suspend(() =>
        Effect.annotateCurrentSpan({
          "server.address": hostOf(found.url),
          "server.port": portOf(found.url),
          "sluice.source.tries": fruitless,
        }),
      ),
    )
    count += 1
    yield* Effect.logInfo("download resumed").pipe(
      Effect.annotateLogs({
        host: found.url.host,
        offset: rest.offset,
        size: rest.file.size,
        try: fruitless,
        break: broken.why,
        resumes: count,
      }),
    )
    return leg
  })

  const resume = Effect.fnUntraced(
    function* (broken: Break, offset: number) {
      const file = yield* Effect.fromResult(Result.mapError(options.file, given))
      if (count >= policy.mostResumes) return yield* given(`it had been resumed ${count} times already`)
      if (offset > reached) fruitless = 0
      reached = offset
      return yield* tryFrom(broken, { file, offset })
    },
    Effect.tap(() => counted("resumed")),
    Effect.tapError(() => counted("failed")),
    Effect.provideService(Scope.Scope, options.scope),
  )

  return { resume, resumes: () => count }
}
