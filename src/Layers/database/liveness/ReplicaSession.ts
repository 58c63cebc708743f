import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import type { Client } from "pg"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import { DatabaseUrl } from "../postgres/DatabaseUrl.ts"
import { openConnection } from "../postgres/openConnection.ts"
import { replicaLock } from "./ClaimRecords.ts"

/**
 * The server gives up a client that has vanished after 10 s, as the queue does, and never one that is merely
 * idle. While it still takes the session before this one for alive, that one has the lock.
 */
const settings = {
  tcp_keepalives_idle: "4",
  tcp_keepalives_interval: "2",
  tcp_keepalives_count: "3",
  idle_session_timeout: "0",
  idle_in_transaction_session_timeout: "5s",
  lock_timeout: "3s",
}

/** A line that is cut off somewhere between here and the server says nothing by itself. */
const betweenProbes = Duration.seconds(1)
const longestProbe = Duration.seconds(3)
const betweenTries = Duration.millis(250)
/** How long a claim waits for the lock before it counts as an outage. */
const longestWait = Duration.seconds(2)

/** The connection that holds the lock of this replica's number. */
interface Held {
  readonly replica: number
  readonly client: Client
}

const hold = "hold the replica's lock"

const query = (client: Client, statement: string) =>
  Effect.tryPromise({
    try: () => client.query<Record<string, unknown>>(statement),
    catch: (cause) => unavailable(hold, cause),
  })

/** Breaks the connection. The server rolls back what it was at, and frees the lock. */
const drop = (client: Client) => client.connection.stream.destroy()

/** Fails when the server does not answer any more. */
const probing = (client: Client) =>
  Effect.timeoutOrElse(query(client, "select 1"), {
    duration: longestProbe,
    orElse: () => Effect.fail(unavailable(hold, new Error("no answer"))),
  }).pipe(Effect.delay(betweenProbes), Effect.forever)

/**
 * Shows this replica to be alive: one connection holds the advisory lock of the replica's number for as long
 * as the process lives, and claims are taken on no other. A process that dies loses both at once, which the
 * others see (`Reaper`). A connection that is lost is opened anew at once, for the same number, before they
 * take the replica for dead.
 */
export class ReplicaSession extends Context.Service<
  ReplicaSession,
  {
    /**
     * Runs statements in one transaction on that connection. The first call opens it: a process that takes no
     * claims needs none.
     */
    readonly transaction: <A>(
      operation: string,
      run: (held: Held) => Promise<A>,
    ) => Effect.Effect<A, ServiceUnavailable>
  }
>()("sluice/Layers/queue/ReplicaSession") {
  static readonly layer = Layer.effect(
    ReplicaSession,
    Effect.gen(function* () {
      const url = yield* DatabaseUrl
      const scope = yield* Effect.scope
      const turn = yield* Semaphore.make(1)
      const isHeld = yield* Latch.make(false)
      let held: Held | undefined
      let replica: number | undefined

      const takeLock = Effect.fnUntraced(function* (client: Client) {
        const next =
          replica ?? Number((yield* query(client, "select nextval('sluice.replica') n")).rows[0]?.["n"])
        yield* query(client, `select pg_advisory_lock(${replicaLock}, ${next})`)
        if (replica !== undefined) yield* Effect.logInfo("holds the replica's lock again")
        replica = next
        held = { replica, client }
        yield* isHeld.open
      })

      const told = (failure: ServiceUnavailable) => {
        const line =
          held === undefined
            ? Effect.logDebug("the replica's lock is not to be had")
            : Effect.logWarning("lost the replica's lock")
        return Effect.annotateLogs(line, describeFailure(failure))
      }

      /** Holds the lock until it is lost. The first try after a loss comes at once: others look for the lock. */
      const holding = Effect.gen(function* () {
        const { client, lost } = yield* openConnection(url, hold, {
          applicationName: "sluice replica",
          settings,
        })
        yield* takeLock(client)
        return yield* Effect.raceFirst(lost, probing(client))
      }).pipe(
        Effect.scoped,
        Effect.catch((failure) =>
          Effect.andThen(told(failure), held === undefined ? Effect.sleep(betweenTries) : Effect.void),
        ),
        Effect.ensuring(
          Effect.suspend(() => {
            held = undefined
            return isHeld.close
          }),
        ),
        Effect.forever,
      )

      const begun = yield* Effect.cached(Effect.forkIn(holding, scope))
      const awaited = begun.pipe(
        Effect.andThen(isHeld.await),
        Effect.andThen(Effect.suspend(() => Effect.fromNullishOr(held))),
        Effect.timeout(longestWait),
        Effect.mapError(() => unavailable(hold, new Error("the replica's lock is not held"))),
      )

      const inTransaction = async <A>(held: Held, run: (held: Held) => Promise<A>): Promise<A> => {
        const { client } = held
        await client.query("begin")
        try {
          const result = await run(held)
          await client.query("commit")
          return result
        } catch (cause) {
          await client.query("rollback").catch(() => drop(client))
          throw cause
        }
      }

      return ReplicaSession.of({
        transaction: (operation, run) =>
          Effect.flatMap(awaited, (held) =>
            Effect.tryPromise({
              try: () => inTransaction(held, run),
              catch: (cause) => unavailable(operation, cause),
            }),
          ).pipe(turn.withPermits(1)),
      })
    }),
  )
}
