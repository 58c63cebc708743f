import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LoadError } from "../../../Domain/load/LoadError.ts"
import { ExcessBytes } from "../guard/ContentLengthGuard.ts"
import type { Accept, Fetch, Fetched, HeadersFor } from "../request/followRedirects.ts"
import type { SourceRequest } from "../request/SourceRequest.ts"
import { causeOf, codeOf } from "../request/transportError.ts"

/** The connection ended, or was idle for too long, before the response was complete. */
export class ConnectionLost extends Data.TaggedError("ConnectionLost")<{
  readonly isIdle: boolean
  /** For logs. */
  readonly reason: string
  readonly cause?: unknown
}> {}

/** One connection of a download, from response headers on. */
export interface Connection {
  /** Returns the next bytes as they arrive. Ends when the response is complete. */
  readonly pull: Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, ConnectionLost | ExcessBytes>
  /** Closes the connection, unless the response was complete: then it stays open for the next request. */
  readonly close: Effect.Effect<void>
}

/** Reads a response. `httpScope` holds its connection, and is a child of the scope of the returned pull. */
const readResponse = Effect.fnUntraced(function* (
  response: HttpClientResponse,
  httpScope: Scope.Closeable,
  idleTimeout: Duration.Duration,
) {
  const clock = yield* Clock.Clock
  let waitingSince: number | null = null
  let isIdle = false

  /**
   * Closes the connection when a pull has waited too long, which fails the pull. One timer for the whole connection,
   * because a timeout for each pull would cost a timer for every chunk.
   */
  const watch = Effect.fnUntraced(function* (millis: number) {
    let wait = millis
    while (wait > 0) {
      yield* Effect.sleep(wait)
      wait = waitingSince === null ? millis : waitingSince + millis - clock.currentTimeMillisUnsafe()
    }
    isIdle = true
    yield* Scope.close(httpScope, Exit.void)
  })

  const lost = (error: HttpClientError): ConnectionLost | ExcessBytes => {
    if (isIdle) return new ConnectionLost({ isIdle, reason: `idle for ${Duration.format(idleTimeout)}` })
    const cause = causeOf(error)
    if (cause instanceof ExcessBytes) return cause
    return new ConnectionLost({ isIdle, reason: `connection lost (${codeOf(cause) ?? "no code"})`, cause })
  }

  const read = yield* Stream.toPull(response.stream)
  const pull = Effect.suspend(() => {
    waitingSince = clock.currentTimeMillisUnsafe()
    return read
  }).pipe(
    Effect.map((chunks) => {
      waitingSince = null
      return chunks
    }),
    Effect.mapError((error) => (Cause.isDone(error) ? error : lost(error))),
  )
  if (Duration.isFinite(idleTimeout)) {
    yield* Effect.forkScoped(watch(Math.max(1, Duration.toMillis(idleTimeout))))
  }
  return { pull }
})

/** `Fetch` that also returns the connection of the accepted response. The scope closes it at the latest. */
export type Connect = <A>(
  first: SourceRequest,
  headersFor: HeadersFor,
  accept: Accept<A>,
) => Effect.Effect<Fetched<A> & { readonly connection: Connection }, LoadError, Scope.Scope>

/** @param idleTimeout how long a pull may wait for the next bytes */
export const connectWith = (fetch: Fetch, idleTimeout: Duration.Duration): Connect =>
  Effect.fnUntraced(function* (first, headersFor, accept) {
    const scope = yield* Scope.fork(yield* Effect.scope)
    return yield* Effect.gen(function* () {
      const httpScope = yield* Scope.fork(scope)
      const fetched = yield* Scope.provide(fetch(first, headersFor, accept), httpScope)
      const { pull } = yield* readResponse(fetched.response, httpScope, idleTimeout)
      return { ...fetched, connection: { pull, close: Scope.close(scope, Exit.void) } }
    }).pipe(
      Scope.provide(scope),
      Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, exit))),
    )
  })
