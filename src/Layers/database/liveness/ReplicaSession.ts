import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import type { Client } from "pg"
import { textArray } from "../../../Domain/load/columns/SqlIdentifier.ts"
import * as OutageLog from "../../../Domain/service/OutageLog.ts"
import type { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { withTimeout } from "../../../Domain/service/withTimeout.ts"
import { AppConfig } from "../../process/AppConfig.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import { DatabaseServer } from "../postgres/DatabaseServer.ts"
import { openConnection } from "../postgres/openConnection.ts"
import { leavingLock, replicasHoldingLock } from "../queue/replicaLock.ts"
import { operation, query } from "./replicaQuery.ts"
import { RespondingTargets } from "./RespondingTargets.ts"
import { takeNumber } from "./takeNumber.ts"

/**
 * The server drops a client that has vanished after 10 s, as pg-boss does, but never one that is only idle. Until then
 * the old session keeps the lock.
 */
const settings = {
  tcp_keepalives_idle: "4",
  tcp_keepalives_interval: "2",
  tcp_keepalives_count: "3",
  idle_session_timeout: "0",
  idle_in_transaction_session_timeout: "5s",
  // A claim that the server forgets when it crashes is taken again. No attempt of it can have begun, because the commit of its
  // beginning waits for the claim's.
  synchronous_commit: "off",
  // A plan for the claims is made once and must suit tables of all sizes.
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  jit: "off",
}

/** Probes detect a connection that died without closing, while nothing else uses it. */
const probeInterval = Duration.seconds(1)
const probeTimeout = Duration.seconds(3)
const reconnectDelay = Duration.millis(250)
/** How long a claim waits for the lock before it fails. */
const lockTimeout = Duration.seconds(2)
/** Whether this process takes jobs from the queue. One that only receives uploads gets no signals of new jobs. */
export const TakesJobs = Context.Reference<boolean>("sluice/Layers/TakesJobs", { defaultValue: () => true })

/** The connection that holds the lock of this replica's number. */
interface Held {
  readonly replica: number
  readonly client: Client
}

/**
 * Shows this worker, its slots and the databases for tables that respond to it, and forgets those that are dead. Claims wait
 * meanwhile, so it waits only briefly for a lock.
 */
const showWorker = (client: Client, number: number, slots: number, targets: ReadonlyArray<string>) =>
  query(
    client,
    `set local lock_timeout = '500ms';
    with gone as (
      delete from sluice.worker where replica not in (${replicasHoldingLock})
    )
    insert into sluice.worker (replica, slots, started_at, targets) values (${number}, ${slots}, now(), ${textArray(targets)})
    on conflict (replica) do update set slots = excluded.slots, targets = excluded.targets`,
  )

const takeLeavingLock = (client: Client, number: number) =>
  query(client, `select pg_advisory_lock(${leavingLock}, ${number})`)

/**
 * Fails when the server stops responding.
 *
 * @param responses how many times the server has responded
 * @param also what else this connection does once a second
 */
const probe = (client: Client, responses: () => number, also: Effect.Effect<void, ServiceUnavailable>) =>
  Effect.gen(function* () {
    const before = responses()
    yield* Effect.sleep(probeInterval)
    if (responses() === before) yield* withTimeout(probeTimeout, operation)(query(client, "select 1"))
    yield* also
  }).pipe(Effect.forever)

/**
 * Proves this replica alive: one connection holds the advisory lock of the replica's number while the process lives, and
 * claims are taken on that connection only. A process that dies loses both at once, which the others see (`Reaper`). A
 * lost connection is reopened at once for the same number, before the others consider the replica dead.
 */
export class ReplicaSession extends Context.Service<
  ReplicaSession,
  {
    /** This process's number; none before it has taken its lock. */
    readonly replica: () => number | undefined
    /**
     * Sends statements in one message on that connection. The first call opens it, so a process that takes no claims has
     * none.
     */
    readonly run: <A>(
      operation: string,
      send: (held: Held) => Promise<A>,
    ) => Effect.Effect<A, ServiceUnavailable>
    /** Marks the replica as one that claims no more jobs. Without a connection, nobody takes it for one that does. */
    readonly leave: Effect.Effect<void>
  }
>()("sluice/Layers/liveness/ReplicaSession") {
  static readonly layer = Layer.effect(
    ReplicaSession,
    Effect.gen(function* () {
      const server = yield* DatabaseServer
      const { workerConcurrency } = yield* AppConfig
      const responding = yield* RespondingTargets
      const scope = yield* Effect.scope
      const mutex = yield* Semaphore.make(1)
      let held = Deferred.makeUnsafe<Held>()
      let replica: number | undefined
      let isLeaving = !(yield* TakesJobs)
      let responses = 0
      /** The databases that this worker is shown with. */
      let shown: string | null = null
      const outage = OutageLog.make("the summary of the service does not show this worker as it is")

      /** Shows this worker, unless it takes no jobs, or is shown as it is. Fails when the server stops responding. */
      const show = (client: Client, number: number) =>
        Effect.suspend(() => {
          const targets = [...responding.names].toSorted()
          const next = targets.join()
          if (isLeaving || next === shown) return Effect.void
          return showWorker(client, number, workerConcurrency, targets).pipe(
            Effect.andThen(
              Effect.suspend(() => {
                shown = next
                return outage.succeeded
              }),
            ),
            Effect.catch((failure) => outage.failed(describeFailure(failure))),
            withTimeout(probeTimeout, operation),
          )
        })

      const takeLock = Effect.fnUntraced(function* (client: Client) {
        const number = yield* takeNumber(client, replica)
        shown = null
        yield* show(client, number)
        // A process may begin to leave meanwhile.
        if (isLeaving) yield* takeLeavingLock(client, number)
        const isAgain = replica !== undefined
        replica = number
        yield* Deferred.succeed(held, { replica, client })
        if (isAgain) yield* Effect.logInfo("holds the replica's lock again")
        return number
      })

      /** The first attempt after a loss follows at once, because the others are checking the lock. */
      const onLoss = (failure: ServiceUnavailable) =>
        !Deferred.isDoneUnsafe(held)
          ? Effect.annotateLogs(
              Effect.logDebug("cannot get the replica's lock"),
              describeFailure(failure),
            ).pipe(Effect.andThen(Effect.sleep(reconnectDelay)))
          : Effect.annotateLogs(Effect.logWarning("lost the replica's lock"), describeFailure(failure))

      const holdLock = Effect.gen(function* () {
        const { client, lost } = yield* openConnection(server, operation, {
          applicationName: "sluice replica",
          settings,
        })
        client.on("drain", () => responses++)
        const number = yield* Effect.raceFirst(lost, takeLock(client))
        return yield* Effect.raceFirst(
          lost,
          probe(client, () => responses, show(client, number)),
        )
      }).pipe(
        Effect.scoped,
        Effect.catch(onLoss),
        Effect.ensuring(
          Effect.sync(() => {
            if (Deferred.isDoneUnsafe(held)) held = Deferred.makeUnsafe()
          }),
        ),
        Effect.forever,
      )

      const started = yield* Effect.cached(Effect.forkIn(holdLock, scope))
      const whenHeld = started.pipe(
        Effect.andThen(Effect.suspend(() => Deferred.await(held))),
        Effect.timeout(lockTimeout),
        Effect.mapError(() => unavailable(operation, new Error("the replica's lock is not held"))),
      )

      return ReplicaSession.of({
        replica: () => replica,
        run: (operation, send) =>
          Effect.flatMap(whenHeld, (held) =>
            Effect.tryPromise({
              try: () => send(held),
              catch: (cause) => unavailable(operation, cause),
            }),
          ).pipe(mutex.withPermits(1)),
        leave: Effect.suspend(() => {
          isLeaving = true
          if (!Deferred.isDoneUnsafe(held)) return Effect.void
          return Deferred.await(held).pipe(
            Effect.flatMap(({ client, replica }) => takeLeavingLock(client, replica)),
            Effect.timeout(lockTimeout),
            Effect.ignore,
          )
        }),
      })
    }),
  )
}
