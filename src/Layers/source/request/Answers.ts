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
import { type Hop, nextHop, request } from "./Hop.ts"
import type { RestOfFile } from "./RestOfFile.ts"
import { noAnswer } from "./TransportFailure.ts"

/** Enough for the usual chains (http to https, short link, storage); a loop ends here too. */
const maxRedirects = 5
const redirectStatus = new Set([301, 302, 303, 307, 308])

/** An answer that was taken. */
export interface Answer<A> {
  /** Where the redirects have led. */
  readonly hop: Hop
  readonly redirects: number
  readonly response: HttpClientResponse
  /** What the judge made of it. */
  readonly verdict: A
}

/** Says what an answer is worth; a redirect that can be followed is not asked about. */
export type Judge<A> = (hop: Hop, response: HttpClientResponse) => Effect.Effect<A, LoadError>

/**
 * Asks for a file, or for the rest of one, from a hop on through its redirects, each under the same rules: http
 * or https, aliases, address policy, header timeout. The connection of the answer belongs to the scope; those
 * of redirects and of refused answers are let go at once.
 */
export type Ask = <A>(
  from: Hop,
  rest: RestOfFile | null,
  judge: Judge<A>,
) => Effect.Effect<Answer<A>, LoadError, Scope.Scope>

/**
 * Asks through a client, which guards the addresses.
 *
 * @param options.headerTimeout longest wait for a connection and an answer, per hop
 */
export const askThrough = (
  client: HttpClient.HttpClient,
  options: { readonly aliases: ReadonlyArray<HostAlias>; readonly headerTimeout: Duration.Duration },
): Ask => {
  const scoped = HttpClient.withScope(client)

  const send = (
    hop: Hop,
    rest: RestOfFile | null,
  ): Effect.Effect<HttpClientResponse, LoadError, Scope.Scope> =>
    scoped.execute(request(hop, options.aliases, rest)).pipe(
      // The client's span would show the URL with its secrets, and its headers would tell strangers our trace.
      Effect.provideService(HttpClient.TracerDisabledWhen, constTrue),
      // Else the body joins every two pieces the socket gives into one, in memory of its own.
      Effect.provideService(UndiciOptions, { highWaterMark: 0 }),
      Effect.mapError((error) => noAnswer(hop.url.host, error)),
      Effect.timeoutOrElse({
        duration: options.headerTimeout,
        orElse: () =>
          Effect.fail(
            loadError(
              "source_timeout",
              `${hop.url.host} did not answer within ${Duration.format(options.headerTimeout)}.`,
            ),
          ),
      }),
    )

  /** One hop, in a scope within the caller's: its connection is let go at once unless its answer is taken. */
  const take = Effect.fnUntraced(function* <A>(hop: Hop, rest: RestOfFile | null, judge: Judge<A>) {
    const scope = yield* Scope.fork(yield* Effect.scope)
    return yield* Effect.gen(function* () {
      const response = yield* send(hop, rest)
      const location = response.headers["location"]
      if (redirectStatus.has(response.status) && location !== undefined) {
        return { next: yield* Effect.fromResult(nextHop(hop, location)) }
      }
      return { response, verdict: yield* judge(hop, response) }
    }).pipe(
      Scope.provide(scope),
      Effect.onExit((exit) =>
        Exit.isSuccess(exit) && exit.value.next === undefined ? Effect.void : Scope.close(scope, exit),
      ),
    )
  })

  return Effect.fnUntraced(function* (from, rest, judge) {
    let hop = from
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const taken = yield* take(hop, rest, judge)
      if (taken.next === undefined)
        return { hop, redirects, response: taken.response, verdict: taken.verdict }
      hop = taken.next
    }
    return yield* loadError(
      "too_many_redirects",
      `The URL redirects more than ${maxRedirects} times, last to ${hop.url.host}. Give the URL of the file itself.`,
    )
  })
}
