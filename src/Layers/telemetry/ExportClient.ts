import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { HttpClient, type HttpClientError, HttpClientResponse } from "effect/http"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as OutageLog from "../../Domain/service/OutageLog.ts"
import { failureCode } from "../database/postgres/DatabaseFailure.ts"

/** How long a stop waits for the last exports, of all signals together. */
const flushLimit = Duration.seconds(1)

/** A collector that restarts within this time loses nothing. */
const retries = Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 3 }))

class TimedOut extends Data.TaggedError("TimedOut") {}

type Failure = HttpClientError.HttpClientError | TimedOut

/** `undefined` if there was no response. */
const statusOf = (failure: Failure): number | undefined =>
  failure._tag === "TimedOut" ? undefined : failure.response?.status

const isTransient = (failure: Failure): boolean => {
  const status = statusOf(failure)
  return status === undefined || status === 429 || status >= 500
}

/** Contains neither the endpoint's path and query nor its credentials. */
const reasonOf = (failure: Failure): string => {
  if (failure._tag === "TimedOut") return "no response in time"
  const status = statusOf(failure)
  return status === undefined ? (failureCode(failure) ?? failure.reason._tag) : `status ${status}`
}

/** Lets a stop limit the exporters' last exports. */
export class ExportStop extends Context.Service<
  ExportStop,
  {
    /** Run it before the exporters stop. */
    readonly begin: Effect.Effect<void>
  }
>()("sluice/Layers/telemetry/ExportStop") {}

/**
 * The exporters' HTTP client. Logs an outage of the collector at its beginning and at its end. Telemetry of the time in
 * between is lost. Effect's exporters would log nothing, pause for a minute after a failure, and delay a stop. So they
 * never see a failure: an export that failed looks successful to them.
 *
 * @param timeout for one request
 */
export const layer = (timeout: Duration.Duration) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
      const outage = OutageLog.make("telemetry cannot be exported and is lost")
      /** Collectors without a response, and endpoints that refused an export. */
      const failing = new Set<string>()
      const flushed = yield* Deferred.make<void>()
      let isStopping = false
      const begin = Effect.suspend(() => {
        isStopping = true
        return Effect.asVoid(
          Effect.forkDetach(Effect.delay(Deferred.succeed(flushed, undefined), flushLimit)),
        )
      })
      const timedOut = Effect.fail(new TimedOut())

      const exportClient = HttpClient.make((request, url) => {
        const endpoint = url.origin + url.pathname
        const dropped = HttpClientResponse.fromWeb(request, new Response())
        if (isStopping && failing.size > 0) return Effect.succeed(dropped)
        const once = Effect.timeoutOrElse(client.execute(request), {
          duration: timeout,
          orElse: () => timedOut,
        })
        const send =
          failing.size > 0
            ? once
            : Effect.retry(once, {
                schedule: retries,
                while: (failure) => !isStopping && isTransient(failure),
              })
        return Effect.raceFirst(send, Effect.andThen(Deferred.await(flushed), timedOut)).pipe(
          Effect.tap(() => {
            failing.delete(url.origin)
            failing.delete(endpoint)
            return failing.size === 0 ? outage.succeeded : Effect.void
          }),
          Effect.catch((failure) => {
            failing.add(statusOf(failure) === undefined ? url.origin : endpoint)
            return Effect.as(outage.failed({ collector: url.host, reason: reasonOf(failure) }), dropped)
          }),
        )
      })
      return Context.make(HttpClient.HttpClient, exportClient).pipe(Context.add(ExportStop, { begin }))
    }),
  )
