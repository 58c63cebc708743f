import { UndiciOptions } from "@effect/platform-node/NodeHttpClient"
import * as Duration from "effect/Duration"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constTrue } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Scope from "effect/Scope"
import * as HostAliases from "../../../Domain/source/hosts/HostAliases.ts"
import { hostOf, portOf } from "../../../Domain/source/hosts/HostAndPort.ts"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { type OriginCookies, withCookiesOf } from "./OriginCookies.ts"
import { parseRetryAfter } from "./ResponseHeaders.ts"
import type { Origin } from "../guard/DestinationGuard.ts"
import type { GuardedHttpClient } from "../guard/GuardedHttpClient.ts"
import { RequestPeer, withPeer } from "../guard/RequestPeer.ts"
import { tracedRequest } from "./requestSpan.ts"
import { redirectedRequest, type SourceRequest, toHttpRequest } from "./SourceRequest.ts"
import { failureReason, transportError } from "./transportError.ts"

/** Enough for the usual chains (http to https, short link, storage). Ends loops too. */
const maxRedirects = 5
/** The wait after a 202 without `Retry-After`. */
const pendingDelay = Duration.seconds(5)
/** The shortest wait after a 202. */
const minPendingDelay = Duration.seconds(1)
const redirectStatuses = new Set([301, 302, 303, 307, 308])

/** Checks a response that is not a redirect. Fails to refuse it. */
export type Accept<A> = (request: SourceRequest, response: HttpClientResponse) => Effect.Effect<A, LoadError>

/** An accepted response. */
export interface Fetched<A> {
  /** The last request of the redirect chain. */
  readonly request: SourceRequest
  readonly redirects: number
  readonly response: HttpClientResponse
  /** The result of `Accept`. */
  readonly accepted: A
}

/** Whether the response is about the file, and not the file. */
const isReport = ({ headers }: HttpClientResponse): boolean =>
  /^\s*(?:text\/html|[\w.-]+\/(?:[\w.+-]*\+)?(?:json|xml))\b/i.test(headers["content-type"] ?? "")

/** The headers of a request, besides those that its origin has. */
export type HeadersFor = (url: URL) => Readonly<Record<string, string>>

/**
 * Sends a GET with these headers, follows redirects, and repeats the request while the response is a 202. If the 202 has a
 * `Location`, that is requested instead until it leads to the file, or reports that the file is ready. Each request is
 * under the same rules: http or https, aliases, destinations, timeout. The connection of the accepted response stays open
 * until the scope closes; those of redirects and refused responses are closed at once.
 */
export type Fetch = <A>(
  first: SourceRequest,
  headersFor: HeadersFor,
  accept: Accept<A>,
) => Effect.Effect<Fetched<A>, LoadError, Scope.Scope>

/**
 * @param client enforces the policy on destinations, and follows no redirects itself
 * @param options.userAgent the `User-Agent` of requests whose headers have none
 * @param options.allowDowngrade whether redirects may lead from https to http
 */
export const followRedirects = (
  client: GuardedHttpClient["Service"],
  options: {
    readonly aliases: ReadonlyArray<HostAliases.HostAlias>
    readonly userAgent: string
    readonly allowDowngrade: boolean
  },
): Fetch => {
  /** What a public host leads to is not what the caller has asked for, and it stays so. */
  const originAfter = ({ origin, url }: SourceRequest, { address }: RequestPeer): Origin => {
    const dialed = HostAliases.apply(options.aliases, url)
    const isTrusted =
      address !== undefined && client.isTrusted({ host: hostOf(dialed), port: portOf(dialed), address })
    return isTrusted ? origin : "public host"
  }

  const send = (
    request: SourceRequest,
    headers: Readonly<Record<string, string>>,
    resends: number,
    peer: RequestPeer,
  ) =>
    HttpClient.withScope(client.clientFor(request.origin))
      .execute(toHttpRequest(request, options, headers))
      .pipe(
        // The client's span would record secrets of the URL, and its headers would send our trace id to strangers.
        Effect.provideService(HttpClient.TracerDisabledWhen, constTrue),
        // By default the body copies every two chunks of the socket into one.
        Effect.provideService(UndiciOptions, withPeer({ highWaterMark: 0 }, peer)),
        Effect.mapError((error) => transportError(request.url, error)),
        Effect.tapError(({ cause, code }) =>
          Effect.logInfo("source request failed").pipe(
            Effect.annotateLogs({ host: request.url.host, error_code: code, reason: failureReason(cause) }),
          ),
        ),
        Effect.timeoutOrElse({
          duration: request.timeout,
          orElse: () =>
            Effect.fail(
              loadError(
                "source_timeout",
                `${request.url.host} did not respond within ${Duration.format(request.timeout)}. Give the option timeout if it needs longer.`,
              ),
            ),
        }),
        tracedRequest(request, peer, resends),
      )

  /** Sends one request in a child scope, which is closed at once unless the response is accepted. */
  const sendOne = Effect.fnUntraced(function* <A>(
    request: SourceRequest,
    headers: Readonly<Record<string, string>>,
    accept: Accept<A>,
    resends: number,
  ) {
    const scope = yield* Scope.fork(yield* Effect.scope)
    return yield* Effect.gen(function* () {
      const peer = new RequestPeer()
      const response = yield* send(request, headers, resends, peer)
      const redirected = (location: string, cookies: OriginCookies) =>
        Effect.fromResult(
          redirectedRequest(
            { ...request, cookies, origin: originAfter(request, peer) },
            location,
            options.allowDowngrade,
          ),
        )
      const now = yield* Clock.currentTimeMillis
      const location = response.headers["location"]
      if (redirectStatuses.has(response.status) && location !== undefined) {
        const cookies = withCookiesOf(request, response, now)
        return { next: yield* redirected(location, cookies) }
      }
      const delay = parseRetryAfter(response.headers["retry-after"], now) ?? pendingDelay
      if (response.status === 202) {
        if (location === undefined) return { next: request, delay }
        const report = yield* redirected(location, request.cookies)
        return { next: { ...report, reportsOn: request.reportsOn ?? request }, delay }
      }
      if (request.reportsOn !== null && response.status === 200 && isReport(response))
        return { next: request.reportsOn, delay }
      return { response, accepted: yield* accept(request, response) }
    }).pipe(
      Scope.provide(scope),
      Effect.onExit((exit) =>
        Exit.isSuccess(exit) && exit.value.next === undefined ? Effect.void : Scope.close(scope, exit),
      ),
    )
  })

  /** Waits before the next request for a file that is not ready. Fails if the wait would exceed the limit. */
  const waitUntilReady = Effect.fnUntraced(function* (
    { maxPending, url }: SourceRequest,
    waited: Duration.Duration,
    delay: Duration.Duration,
  ) {
    const total = Duration.sum(waited, delay)
    if (Duration.isGreaterThan(total, maxPending)) {
      return yield* loadError(
        "source_unavailable",
        `${url.host} responded with 202: it is still preparing the file` +
          (Duration.isZero(waited) ? "" : ` after ${Duration.format(waited)}`) +
          `, and another ${Duration.format(delay)} would exceed the limit of ${Duration.format(maxPending)}. ` +
          "Give the option timeout to wait longer.",
        { retryAfter: delay },
      )
    }
    yield* Effect.logInfo("source prepares the file").pipe(
      Effect.annotateLogs({
        host: url.host,
        waited_ms: Duration.toMillis(waited),
        delay_ms: Duration.toMillis(delay),
      }),
    )
    yield* Effect.sleep(delay)
    return total
  })

  return Effect.fnUntraced(function* (first, headersFor, accept) {
    let request = first
    let redirects = 0
    let resends = 0
    let waited: Duration.Duration = Duration.zero
    while (redirects <= maxRedirects) {
      const { next, delay, response, accepted } = yield* sendOne(
        request,
        headersFor(request.url),
        accept,
        resends++,
      )
      if (next === undefined) return { request, redirects, response, accepted }
      if (delay === undefined) redirects += 1
      else waited = yield* waitUntilReady(request, waited, Duration.max(delay, minPendingDelay))
      request = next
    }
    return yield* loadError(
      "too_many_redirects",
      `The URL redirects more than ${maxRedirects} times, last to ${request.url.host}. Give the URL of the file itself. ` +
        "If only a login leads to it, give a token or cookie in the option headers.",
    )
  })
}
