import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { HttpServerRequest } from "effect/http"
import { countedAddress } from "../../../Domain/service/Caller.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { LimitName } from "../../../Domain/service/Limits.ts"
import { clientAddress } from "../clientAddress.ts"
import { note } from "./RequestLog.ts"
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

/** A client that is refused again within this time is logged once more after it, with the number of refusals. */
const interval = Duration.toMillis(Duration.seconds(10))

/** Clients whose refusals are counted at a time. */
const maxClients = 1000

/**
 * Counts refused requests and logs them: the first of a client and a reason at once, and then one line for all of an
 * interval, so that a flood of refused requests does not flood the log.
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
      const latest = new Map<string, { readonly loggedAt: number; unlogged: number }>()
      return Refusals.of({
        record: Effect.fnUntraced(function* (reason) {
          yield* Metrics.count("sluice.requests.refused", { reason })
          yield* note({ refused: reason })
          const request = yield* HttpServerRequest.HttpServerRequest
          const client = yield* clientAddress
          const key = `${reason} ${countedAddress(client)}`
          const now = yield* Clock.currentTimeMillis
          const before = latest.get(key)
          if (before !== undefined && now - before.loggedAt < interval) {
            before.unlogged++
            return
          }
          if (latest.size >= maxClients) latest.clear()
          latest.set(key, { loggedAt: now, unlogged: 0 })
          const { headers, method, url } = request
          yield* Effect.logWarning("request refused").pipe(
            Effect.annotateLogs({
              reason,
              client,
              method,
              route: routePathOf(url)?.path ?? pathOf(url),
              host: headers["host"]?.slice(0, 200),
              origin: headers["origin"]?.slice(0, 200),
              ...(before === undefined ? {} : { refused_since: before.unlogged }),
            }),
          )
        }),
      })
    }),
  )
}
