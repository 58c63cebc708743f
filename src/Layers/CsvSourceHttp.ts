import { UndiciOptions } from "@effect/platform-node/NodeHttpClient"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constTrue } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { CsvSource, type OpenedSource } from "../Domain/CsvSource.ts"
import * as HostAliases from "../Domain/HostAliases.ts"
import { hostOf, portOf } from "../Domain/HostAndPort.ts"
import { loadError, type LoadError } from "../Domain/LoadError.ts"
import { masked, type SourceUrl } from "../Domain/SourceUrl.ts"
import { AppConfig } from "./AppConfig.ts"
import { unpacked } from "./compression/UnpackedBytes.ts"
import { bodyOf, declaredSize, mayBeCutOff, oversize } from "./source/Body.ts"
import { contentEncoding } from "./source/ContentEncoding.ts"
import * as GuardedHttpClient from "./source/GuardedHttpClient.ts"
import { firstHop, type Hop, nextHop, request } from "./source/Hop.ts"
import { refusal } from "./source/Refusal.ts"
import { noAnswer } from "./source/TransportFailure.ts"

/** Enough for the usual chains (http to https, short link, storage); a loop ends here too. */
const maxRedirects = 5
const redirectStatus = new Set([301, 302, 303, 307, 308])

const failOn = (error: LoadError | null): Effect.Effect<void, LoadError> =>
  error === null ? Effect.void : Effect.fail(error)

const make = Effect.gen(function* () {
  const config = yield* AppConfig
  const aliases = yield* Effect.fromResult(HostAliases.parse(config.sourceHostAliases))
  const client = HttpClient.withScope(yield* HttpClient.HttpClient)

  /** Sends one request; the connection of the answer belongs to the scope. */
  const ask = (hop: Hop): Effect.Effect<HttpClientResponse, LoadError, Scope.Scope> =>
    client.execute(request(hop, aliases)).pipe(
      // The client's span would show the URL with its secrets, and its headers would tell strangers our trace.
      Effect.provideService(HttpClient.TracerDisabledWhen, constTrue),
      // Else the body joins every two pieces the socket gives into one, in memory of its own.
      Effect.provideService(UndiciOptions, { highWaterMark: 0 }),
      Effect.mapError((error) => noAnswer(hop.url.host, error)),
      Effect.timeoutOrElse({
        duration: config.sourceHeaderTimeout,
        orElse: () =>
          Effect.fail(
            loadError(
              "source_timeout",
              `${hop.url.host} did not answer within ${Duration.format(config.sourceHeaderTimeout)}.`,
            ),
          ),
      }),
    )

  /** What an answer amounts to: the next hop, or the file. */
  const judge = Effect.fnUntraced(function* (hop: Hop, response: HttpClientResponse) {
    const { host } = hop.url
    const { status, headers } = response
    if (redirectStatus.has(status) && headers["location"] !== undefined) {
      return yield* Effect.fromResult(Result.map(nextHop(hop, headers["location"]), (next) => ({ next })))
    }
    yield* failOn(refusal(host, response, yield* Clock.currentTimeMillis))
    const codings = yield* Effect.fromResult(contentEncoding(host, response))
    const bytesTotal = declaredSize(response)
    yield* failOn(oversize(host, bytesTotal, config.maxFileSize))
    const body = bodyOf(host, response, {
      maxFileSize: config.maxFileSize,
      idleTimeout: config.sourceIdleTimeout,
    })
    const { bytes, compression } = unpacked({
      host,
      bytes: body.bytes,
      codings,
      mayBeCutOff: mayBeCutOff(response),
      received: body.received,
      maxDecodedSize: config.maxDecodedSize,
    })
    const opened: OpenedSource = {
      bytesTotal,
      contentType: headers["content-type"] ?? null,
      bytes,
      bytesReceived: body.received,
      compression,
    }
    yield* Effect.annotateCurrentSpan({
      "server.address": hostOf(hop.url),
      "server.port": portOf(hop.url),
      "http.response.status_code": status,
      ...(bytesTotal === null ? {} : { "http.response.body.size": bytesTotal }),
    })
    return { opened }
  })

  /** A hop in a scope within the caller's: its connection is let go at once unless it brings the file. */
  const take = Effect.fnUntraced(function* (hop: Hop) {
    const scope = yield* Scope.fork(yield* Effect.scope)
    return yield* ask(hop).pipe(
      Effect.flatMap((response) => judge(hop, response)),
      Scope.provide(scope),
      Effect.onExit((exit) =>
        Exit.isSuccess(exit) && "opened" in exit.value ? Effect.void : Scope.close(scope, exit),
      ),
    )
  })

  const open = Effect.fn("CsvSource.open")(function* (url: SourceUrl) {
    yield* Effect.annotateCurrentSpan({ "url.full": masked(url) })
    let hop = firstHop(url)
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const taken = yield* take(hop)
      if ("opened" in taken) {
        yield* Effect.annotateCurrentSpan({ "http.request.resend_count": redirects })
        return taken.opened
      }
      hop = taken.next
    }
    return yield* loadError(
      "too_many_redirects",
      `The URL redirects more than ${maxRedirects} times, last to ${hop.url.host}. Give the URL of the file itself.`,
    )
  })

  return CsvSource.of({ open })
})

/**
 * Downloads over HTTP/1.1 with undici. Redirects are followed one hop at a time, each under the same rules:
 * http or https, aliases, address policy, header timeout. What comes compressed is decompressed.
 *
 * Fails with `InvalidAllowedHost` or `InvalidHostAlias` when `ALLOWED_HOSTS` or `SOURCE_HOST_ALIASES` is
 * malformed.
 */
export const layer = Layer.effect(CsvSource, make).pipe(Layer.provide(GuardedHttpClient.layer))
