import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { pipeline, type Transform } from "node:stream"
import type { Client } from "pg"
import { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import { DatabaseServer } from "../postgres/DatabaseServer.ts"
import { openConnection } from "../postgres/openConnection.ts"
import { detectDeadClient } from "../settings/SessionSettings.ts"
import { CopyOutQuery } from "./CopyOutQuery.ts"
import {
  annotateExport,
  copySpan,
  type ExportSubject,
  isRefused,
  reportExport,
  type Sent,
  startCounters,
} from "./reportExport.ts"

/** Exports that run at a time in one process, each on a connection of its own. */
const maxExports = 4
/** How long a caller waits for its turn. */
const turnTimeout = Duration.seconds(5)
/** A reader that takes nothing for one to two minutes loses its export, so that others get its place. */
const stallTimeout = Duration.minutes(1)

const tooManyExports = (operation: string) =>
  Effect.fail(
    new ServiceUnavailable({
      operation,
      message: `${maxExports} exports are running`,
      detail: "Too many exports are running. Try again after Retry-After seconds.",
    }),
  )

/**
 * Runs `COPY … TO STDOUT` and returns its bytes, read from the socket as they are pulled. Returns once the first bytes
 * have arrived, so a statement that the server refuses fails here and not in the stream.
 */
const copyOut = Effect.fnUntraced(function* (
  client: Client,
  operation: string,
  statement: string,
  compress: (() => Transform) | undefined,
) {
  const query = new CopyOutQuery(statement)
  // pg reports a lost connection even to a stream that is destroyed already, and an unheard error ends the process.
  query.on("error", () => {})
  const pull = yield* NodeStream.fromReadable<Uint8Array, ServiceUnavailable>({
    evaluate: () => {
      const bytes = client.query(query)
      // Errors reach the last stream, which is the one that is read.
      return compress === undefined ? bytes : pipeline(bytes, compress(), () => {})
    },
    onError: (cause) => unavailable(operation, cause),
  }).pipe(Stream.toPull)
  const first = yield* Effect.catchIf(pull, Cause.isDone, () => Effect.succeed([]))
  return {
    bytes: Stream.concat(Stream.fromIterable(first), Stream.fromPull(Effect.succeed(pull))),
    /** Rows that the server has sent, known at the end. */
    rows: () => query.rows,
  }
})

/** Waits until `progress` stays the same for `stallTimeout`. */
const stall = Effect.fnUntraced(function* (progress: () => number) {
  let before = -1
  while (before !== progress()) {
    before = progress()
    yield* Effect.sleep(stallTimeout)
  }
})

/** What is copied, and how. */
interface CopyOptions {
  /** Named in failures. */
  readonly operation: string
  readonly subject: ExportSubject
  /** Longest time until the first bytes. */
  readonly openTimeout: Duration.Duration
  readonly settings?: Readonly<Record<string, string>>
  readonly compress?: (() => Transform) | undefined
}

/** Data that leaves the database by COPY, as fast as it is read. */
export class CopyOut extends Context.Service<
  CopyOut,
  {
    /**
     * Opens a connection until the scope closes, and copies what a statement on it selects. Only a few run at a time; the others
     * wait for their turn. Fails in the stream when the database is lost or the reader stalls.
     *
     * @param prepare returns the statement, and what else the caller wants to know
     */
    readonly copy: <A, E>(
      options: CopyOptions,
      prepare: (client: Client) => Effect.Effect<{ readonly statement: string; readonly found: A }, E>,
    ) => Effect.Effect<
      { readonly bytes: Stream.Stream<Uint8Array, ServiceUnavailable>; readonly found: A },
      E | ServiceUnavailable,
      Scope.Scope
    >
  }
>()("sluice/Layers/export/CopyOut") {
  static readonly layer = Layer.effect(
    CopyOut,
    Effect.gen(function* () {
      yield* startCounters
      const server = yield* DatabaseServer
      const places = yield* Semaphore.make(maxExports)
      return CopyOut.of({
        copy: Effect.fnUntraced(function* (options, prepare) {
          const { operation } = options
          const session = {
            applicationName: "sluice export",
            settings: { ...detectDeadClient, ...options.settings },
          }
          // Closed before the caller's scope when the reader stalls.
          const scope = yield* Scope.fork(yield* Effect.scope)
          const turn = places
            .takeScoped(1)
            .pipe(Effect.timeoutOrElse({ duration: turnTimeout, orElse: () => tooManyExports(operation) }))
          const open = Effect.gen(function* () {
            const { client } = yield* openConnection(server, operation, session)
            const { found, statement } = yield* prepare(client)
            return { found, ...(yield* copyOut(client, operation, statement, options.compress)) }
          }).pipe(withTimeout(options.openTimeout, operation))
          const begin = yield* Clock.currentTimeMillis
          let isReported = false
          const report = (exit: Exit.Exit<unknown, unknown>, sent?: Sent) =>
            Effect.suspend(() => {
              if (isReported) return Effect.void
              isReported = true
              return reportExport(options.subject, begin, exit, sent)
            })
          // The client may have left before the first byte.
          yield* Effect.addFinalizer(() => report(Exit.interrupt()))
          const { bytes, found, rows } = yield* Effect.andThen(turn, open).pipe(
            Scope.provide(scope),
            Effect.onError((cause) => {
              isReported = isRefused(cause)
              return report(Exit.failCause(cause))
            }),
          )
          let chunks = 0
          let size = 0
          const counted = Stream.tap(bytes, (chunk) =>
            Effect.sync(() => {
              chunks++
              size += chunk.byteLength
            }),
          )
          const stalled = yield* Deferred.make<never, ServiceUnavailable>()
          yield* stall(() => chunks).pipe(
            Effect.andThen(Effect.logWarning("closed an export whose reader stalled")),
            Effect.andThen(Scope.close(scope, Exit.void)),
            Effect.andThen(Deferred.fail(stalled, unavailable(operation, new Error("the reader stalled")))),
            Effect.forkScoped,
          )
          return {
            bytes: Stream.interruptWhen(counted, Deferred.await(stalled)).pipe(
              Stream.onExit((exit) => {
                const sent = { rows: rows(), bytes: size }
                return Effect.andThen(annotateExport(sent, exit), report(exit, sent))
              }),
              Stream.withSpan("COPY", copySpan(options.subject)),
            ),
            found,
          }
        }),
      })
    }),
  )
}
