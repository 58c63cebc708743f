import { UndiciOptions } from "@effect/platform-node/NodeHttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constTrue } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Scope from "effect/Scope"
import type { HostAlias } from "../../../Domain/source/HostAliases.ts"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import { redirectedRequest, type SourceRequest, toHttpRequest } from "./SourceRequest.ts"
import { transportError } from "./transportError.ts"

/** Enough for the usual chains (http to https, short link, storage). Ends loops too. */
const maxRedirects = 5
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

/**
 * Sends a GET with these headers and follows redirects. Each request is under the same rules: http or https, aliases,
 * address policy, header timeout. The connection of the accepted response stays open until the scope closes; those of
 * redirects and refused responses are closed at once.
 */
export type Fetch = <A>(
  first: SourceRequest,
  headers: Readonly<Record<string, string>>,
  accept: Accept<A>,
) => Effect.Effect<Fetched<A>, LoadError, Scope.Scope>

/**
 * @param client enforces the address policy, and follows no redirects itself
 * @param options.headerTimeout limit for connecting and receiving headers, for each request
 */
export const followRedirects = (
  client: HttpClient.HttpClient,
  options: { readonly aliases: ReadonlyArray<HostAlias>; readonly headerTimeout: Duration.Duration },
): Fetch => {
  const scoped = HttpClient.withScope(client)

  const send = (request: SourceRequest, headers: Readonly<Record<string, string>>) =>
    scoped.execute(toHttpRequest(request, options.aliases, headers)).pipe(
      // The client's span would record secrets of the URL, and its headers would send our trace id to strangers.
      Effect.provideService(HttpClient.TracerDisabledWhen, constTrue),
      // By default the body copies every two chunks of the socket into one.
      Effect.provideService(UndiciOptions, { highWaterMark: 0 }),
      Effect.mapError((error) => transportError(request.url.host, error)),
      Effect.timeoutOrElse({
        duration: options.headerTimeout,
        orElse: () =>
          Effect.fail(
            loadError(
              "source_timeout",
              `${request.url.host} did not respond within ${Duration.format(options.headerTimeout)}.`,
            ),
          ),
      }),
    )

  /** Sends one request in a child scope, which is closed at once unless the response is accepted. */
  const sendOne = Effect.fnUntraced(function* <A>(
    request: SourceRequest,
    headers: Readonly<Record<string, string>>,
    accept: Accept<A>,
  ) {
    const scope = yield* Scope.fork(yield* Effect.scope)
    return yield* Effect.gen(function* () {
      const response = yield* send(request, headers)
      const location = response.headers["location"]
      if (redirectStatuses.has(response.status) && location !== undefined) {
        return { next: yield* Effect.fromResult(redirectedRequest(request, location)) }
      }
      return { response, accepted: yield* accept(request, response) }
    }).pipe(
      Scope.provide(scope),
      Effect.onExit((exit) =>
        Exit.isSuccess(exit) && exit.value.next === undefined ? Effect.void : Scope.close(scope, exit),
      ),
    )
  })

  return Effect.fnUntraced(function* (first, headers, accept) {
    let request = first
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const { next, response, accepted } = yield* sendOne(request, headers, accept)
      if (next === undefined) return { request, redirects, response, accepted }
      request = next
    }
    return yield* loadError(
      "too_many_redirects",
      `The URL redirects more than ${maxRedirects} times, last to ${request.url.host}. Give the URL of the file itself.`,
    )
  })
}
