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
import type { Answer, Ask, Judge } from "../request/Answers.ts"
import { SurplusBytes } from "../guard/DeclaredEnd.ts"
import type { Hop } from "../request/Hop.ts"
import type { RestOfFile } from "../request/RestOfFile.ts"
import { causeOf, codeOf } from "../request/TransportFailure.ts"

/** A connection that stopped bringing bytes before its answer was complete. */
export class Break extends Data.TaggedError("Break")<{
  /** Whether it fell silent, rather than being closed or talking nonsense. */
  readonly isSilence: boolean
  /** For the log. */
  readonly why: string
  readonly cause?: unknown
}> {}

/** One connection's part of a download. */
export interface Leg {
  /** The next bytes, as they come. Ends when the answer is complete, and fails if it then goes on. */
  readonly pull: Pull.Pull<NonEmptyReadonlyArray<Uint8Array>, Break | SurplusBytes>
  /** Closes the connection, unless it has served and is free for another request. */
  readonly close: Effect.Effect<void>
}

/** The leg of an answer, in the scope; its connection has a scope within that. */
const legOf = Effect.fnUntraced(function* (
  response: HttpClientResponse,
  connection: Scope.Closeable,
  idleTimeout: Duration.Duration,
) {
  const clock = yield* Clock.Clock
  let waitingSince: number | null = null
  let isSilent = false

  /**
   * Closes the connection when a pull has waited too long, which fails that pull: one timer for the whole leg,
   * where a timeout of each pull would cost one for every chunk.
   */
  const watch = Effect.fnUntraced(function* (millis: number) {
    let wait = millis
    while (wait > 0) {
      yield* Effect.sleep(wait)
      wait = waitingSince === null ? millis : waitingSince + millis - clock.currentTimeMillisUnsafe()
    }
    isSilent = true
    yield* Scope.close(connection, Exit.void)
  })

  const broken = (error: HttpClientError): Break | SurplusBytes => {
    if (isSilent) return new Break({ isSilence: true, why: `silent for ${Duration.format(idleTimeout)}` })
    const cause = causeOf(error)
    if (cause instanceof SurplusBytes) return cause
    return new Break({ isSilence: false, why: `broken off (${codeOf(cause) ?? "no code"})`, cause })
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
    Effect.mapError((error) => (Cause.isDone(error) ? error : broken(error))),
  )
  if (Duration.isFinite(idleTimeout)) {
    yield* Effect.forkScoped(watch(Math.max(1, Duration.toMillis(idleTimeout))))
  }
  return { pull }
})

/** Asks for a file or the rest of one, and makes a leg of the answer. */
export type Connect = <A>(
  from: Hop,
  rest: RestOfFile | null,
  judge: Judge<A>,
) => Effect.Effect<Answer<A> & { readonly leg: Leg }, LoadError, Scope.Scope>

/** Legs of what is asked for so; each is closed with the scope at the latest. */
export const connectThrough = (ask: Ask, idleTimeout: Duration.Duration): Connect =>
  Effect.fnUntraced(function* (from, rest, judge) {
    const scope = yield* Scope.fork(yield* Effect.scope)
    return yield* Effect.gen(function* () {
      const connection = yield* Scope.fork(scope)
      const answer = yield* Scope.provide(ask(from, rest, judge), connection)
      const { pull } = yield* legOf(answer.response, connection, idleTimeout)
      return { ...answer, leg: { pull, close: Scope.close(scope, Exit.void) } }
    }).pipe(
      Scope.provide(scope),
      Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, exit))),
    )
  })
