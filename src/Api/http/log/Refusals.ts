import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { HttpServerRequest } from "effect/http"
import { countedAddress } from "../../../Domain/service/Caller.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { LimitName } from "../../../Domain/service/Limits.ts"
import { clientAddress } from "../clientAddress.ts"
import { note, notes } from "./RequestLog.ts"
import { pathOf, routePathOf } from "../RoutePaths.ts"

/** Why a request is refused before its handler runs. */
const refusalReasons = [
  "host",
  "cross_site",
  "http_version",
  "body_size",
  "unauthorized",
  "forbidden",
  ...LimitName.literals,
] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** A client that is refused again within this time is logged once more at its end, with the number of refusals. */
const interval = Duration.toMillis(Duration.seconds(10))

/** Clients whose refusals are counted at a time. */
const maxClients = 1000

interface Refused {
  loggedAt: number
  /** Refusals since the last line of the log. */
  unlogged: number
  /** Of the latest request. */
  details: Readonly<Record<string, unknown>>
}

const log = (details: Refused["details"]) =>
  Effect.annotateLogs(Effect.logWarning("request refused"), details)

/**
 * Counts refused requests and logs them: the first of a client and a reason at once, and then one line for all of an
 * interval, so that a flood of refused requests does not flood the log, and its end is logged too.
 */
export class Refusals extends Context.Service<
  Refusals,
  {
    readonly record: (
      reason: RefusalReason,
    ) => Effect.Effect<void, never, HttpServerRequest.HttpServerRequest>
  }
>()("sluice/Api/Refusals") {
  static readonly layer = Layer.effect(
    Refusals,
    Effect.gen(function* () {
      yield* Metrics.startAtZero(
        "sluice.requests.refused",
        refusalReasons.map((reason) => ({ reason })),
      )
      const latest = new Map<string, Refused>()
      const logRest = Effect.fnUntraced(function* (isEnd: boolean) {
        const now = yield* Clock.currentTimeMillis
        for (const [key, refused] of latest) {
          if (!isEnd && now - refused.loggedAt < interval) continue
          if (refused.unlogged === 0) latest.delete(key)
          else yield* log({ ...refused.details, refused_since: refused.unlogged })
          refused.loggedAt = now
          refused.unlogged = 0
        }
      })
      yield* Effect.addFinalizer(() => logRest(true))
      yield* Effect.forkScoped(Effect.repeat(logRest(false), Schedule.spaced("1 second")))
      return Refusals.of({
        record: Effect.fnUntraced(function* (reason) {
          yield* Metrics.count("sluice.requests.refused", { reason })
          yield* note({ refused: reason })
          const { headers, method, url } = yield* HttpServerRequest.HttpServerRequest
          const { action, caller } = yield* notes
          const client = yield* clientAddress
          const details = {
            reason,
            client,
            ...(caller === undefined ? {} : { caller }),
            ...(action === undefined ? {} : { action }),
            method,
            route: routePathOf(url)?.path ?? pathOf(url),
            host: headers["host"]?.slice(0, 200),
            origin: headers["origin"]?.slice(0, 200),
          }
          const key = `${reason} ${countedAddress(client)} ${caller ?? ""}`
          const before = latest.get(key)
          if (before !== undefined) {
            before.unlogged++
            before.details = details
            return
          }
          if (latest.size >= maxClients) {
            yield* logRest(true)
            latest.clear()
          }
          latest.set(key, { loggedAt: yield* Clock.currentTimeMillis, unlogged: 0, details })
          yield* log(details)
        }),
      })
    }),
  )
}
