import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Cause from "effect/Cause"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { hostOf, portOf } from "../../../Domain/source/hosts/HostAndPort.ts"
import { masked, UrlMasking } from "../../../Domain/source/masking/UrlMasking.ts"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import type { RequestPeer } from "../guard/RequestPeer.ts"
import { failureReason } from "./transportError.ts"
import type { SourceRequest } from "./SourceRequest.ts"

/** The status of a response that is an error of its span. */
class RefusedResponse extends Data.TaggedError("RefusedResponse")<{ readonly status: string }> {}

type RequestExit = Exit.Exit<HttpClientResponse, LoadError>

const errorOf = (exit: RequestExit): LoadError | undefined =>
  Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.findErrorOption(exit.cause))

/** The status from 400 on, or the code of the error; `undefined` for an interruption. */
const errorType = (exit: RequestExit): string | undefined => {
  if (Exit.isSuccess(exit)) return exit.value.status >= 400 ? String(exit.value.status) : undefined
  return errorOf(exit)?.code
}

/**
 * The span and the metric of one request to a URL of a caller, until its response begins. OpenTelemetry considers a response from
 * 400 on an error of the client's span; here it is still a response.
 *
 * @param peer has the address that was dialled, afterwards
 * @param resends requests before this one for the same file
 */
export const tracedRequest =
  (request: Pick<SourceRequest, "url">, peer: RequestPeer, resends: number, name: "GET" | "POST" = "GET") =>
  <R>(
    send: Effect.Effect<HttpClientResponse, LoadError, R>,
  ): Effect.Effect<HttpClientResponse, LoadError, R> =>
    Effect.gen(function* () {
      const method = { "http.request.method": name }
      const span = yield* Effect.makeSpan(name, {
        kind: "client",
        attributes: {
          ...method,
          "url.full": masked(request.url.href, yield* UrlMasking),
          "server.address": hostOf(request.url),
          "server.port": portOf(request.url),
          ...(resends === 0 ? {} : { "http.request.resend_count": resends }),
        },
      })
      const start = yield* Clock.currentTimeNanos
      return yield* Effect.onExit(Effect.withParentSpan(send, span), (exit) =>
        Effect.gen(function* () {
          const end = yield* Clock.currentTimeNanos
          const type = errorType(exit)
          const status = Exit.isSuccess(exit) ? exit.value.status : undefined
          if (status !== undefined) span.attribute("http.response.status_code", status)
          if (type !== undefined) span.attribute("error.type", type)
          const cause = errorOf(exit)?.cause
          if (cause !== undefined) span.attribute("sluice.source.failure", failureReason(cause))
          if (peer.address !== undefined) {
            span.attribute("network.peer.address", peer.address)
            span.attribute("network.peer.port", peer.port)
            span.attribute("network.protocol.version", "1.1")
          }
          const isRefusal = Exit.isSuccess(exit) && type !== undefined
          span.end(end, isRefusal ? Exit.fail(new RefusedResponse({ status: type })) : exit)
          yield* Metrics.record(
            "http.client.request.duration",
            { ...method, "http.response.status_code": status?.toString(), "error.type": type },
            Duration.toSeconds(Duration.nanos(end - start)),
          )
        }),
      )
    })
