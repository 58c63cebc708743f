import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { Client } from "pg"
import { to } from "pg-copy-streams"
import { Exports, type CsvSelection, type KeptKind } from "../../Domain/job/Exports.ts"
import { ServiceUnavailable } from "../../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../../Domain/service/withTimeout.ts"
import { accessTo, type JobAccess } from "./jobs/JobAccess.ts"
import { keptTables } from "./jobs/KeptTable.ts"
import { unavailable } from "./postgres/DatabaseFailure.ts"
import { DatabaseServer } from "./postgres/DatabaseServer.ts"
import { openConnection } from "./postgres/openConnection.ts"
import { detectDeadClient } from "./settings/SessionSettings.ts"

/** Exports that run at a time in one process, each on a connection of its own. */
const maxExports = 4
/** How long a caller waits for its turn, and then for the first bytes. */
const openTimeout = Duration.seconds(5)
/** A reader that takes nothing for one to two minutes loses its export, so that others get its place. */
const stallTimeout = Duration.minutes(1)

const session = { applicationName: "sluice export", settings: detectDeadClient }

const operation = "export rejects or skipped lines"

const tooManyExports = Effect.suspend(() =>
  Effect.fail(
    new ServiceUnavailable({
      operation,
      message: `${maxExports} exports are running`,
      detail: "Too many exports are running. Try again after Retry-After seconds.",
    }),
  ),
)

/** Number of the last item of a selection that `limit` cuts. */
const nextAfter = Effect.fnUntraced(function* (
  client: Client,
  kind: KeptKind,
  job: JobAccess,
  { after, limit }: CsvSelection,
) {
  if (limit === null) return null
  const { parameters, text } = keptTables[kind].lastOfPage(job, after, limit)
  const { rows } = yield* Effect.tryPromise({
    try: () => client.query<{ number: number }>(text, [...parameters]),
    catch: (cause) => unavailable(operation, cause),
  })
  return rows.length === 2 ? rows[0]!.number : null
})

/**
 * Runs `COPY … TO STDOUT` and returns its bytes, read from the socket as they are pulled. Returns once the first bytes
 * have arrived, so a statement that the server refuses fails here and not in the stream.
 */
const copyOut = Effect.fnUntraced(function* (client: Client, statement: string) {
  const pull = yield* NodeStream.fromReadable<Uint8Array, ServiceUnavailable>({
    evaluate: () => {
      const bytes = client.query(to(statement))
      // pg reports a lost connection even to a stream that is destroyed already, and an unheard error ends the process.
      bytes.on("error", () => {})
      return bytes
    },
    onError: (cause) => unavailable(operation, cause),
  }).pipe(Stream.toPull)
  const first = yield* Effect.catchIf(pull, Cause.isDone, () => Effect.succeed([]))
  return Stream.concat(Stream.fromIterable(first), Stream.fromPull(Effect.succeed(pull)))
})

/** Waits until `progress` stays the same for `stallTimeout`. */
const stall = Effect.fnUntraced(function* (progress: () => number) {
  let before = -1
  while (before !== progress()) {
    before = progress()
    yield* Effect.sleep(stallTimeout)
  }
})

/** `Exports` by `COPY … TO STDOUT`: the quoting is Postgres's own. */
export const layer = Layer.effect(
  Exports,
  Effect.gen(function* () {
    const server = yield* DatabaseServer
    const places = yield* Semaphore.make(maxExports)

    const turn = places
      .takeScoped(1)
      .pipe(Effect.timeoutOrElse({ duration: openTimeout, orElse: () => tooManyExports }))

    const open = Effect.fnUntraced(
      function* (kind: KeptKind, job: JobAccess, selection: CsvSelection) {
        const { client } = yield* openConnection(server, operation, session)
        const next = yield* nextAfter(client, kind, job, selection)
        const csv = yield* copyOut(client, keptTables[kind].csv(job, selection))
        return { csv, next }
      },
      withTimeout(openTimeout, operation),
    )

    const csv: Exports["Service"]["csv"] = Effect.fn("Exports.csv")(function* (kind, jobId, selection) {
      const job = yield* accessTo(jobId)
      // Closed before the caller's scope when the reader stalls.
      const scope = yield* Scope.fork(yield* Effect.scope)
      const { csv: bytes, next } = yield* Effect.andThen(turn, open(kind, job, selection)).pipe(
        Scope.provide(scope),
      )
      let chunks = 0
      const counted = Stream.tap(bytes, () => Effect.sync(() => void chunks++))
      const stalled = yield* Deferred.make<never, ServiceUnavailable>()
      yield* stall(() => chunks).pipe(
        Effect.andThen(Effect.logWarning("closed an export whose reader stalled")),
        Effect.andThen(Scope.close(scope, Exit.void)),
        Effect.andThen(Deferred.fail(stalled, unavailable(operation, new Error("the reader stalled")))),
        Effect.forkScoped,
      )
      return { csv: Stream.interruptWhen(counted, Deferred.await(stalled)), next }
    })

    return Exports.of({ csv })
  }),
)
