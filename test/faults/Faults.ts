import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Session } from "./PostgresProxy.ts"
import type { Replica } from "./Fleet.ts"
import { isCommit } from "./Steps.ts"
import type { ScheduledFault, FaultName } from "./Schedule.ts"
import type { RunContext } from "./RunContext.ts"

/**
 * A half-open connection is cut after the time in which keep-alive would end it (`tcp_keepalives_*` of a load's session),
 * because the proxy's own socket answers the keep-alive probes.
 */
const keepAliveTimeout = 30_000

/** Longer than pg-boss waits for a heartbeat. */
const pastTheLease = 13_000

/** Time to reconnect and catch up after a fault. */
const recoveryTime = 2000

const pick = <A>(choices: ReadonlyArray<A>, choice: number): A | undefined => choices[choice % choices.length]

/** Injects one fault. If it has a duration, its end is scheduled in the background. */
export const inject = Effect.fnUntraced(function* (
  context: RunContext,
  { choice, fault, lasts }: ScheduledFault,
) {
  const { fleet, inBackground, tracker, sourceProxy, tables } = context
  const { disk } = tables
  /** Half of the faults of a server are for that of the tables, if it is another one. */
  const postgres = pick([context.postgres, tables], choice)!
  const isOfTables = postgres !== context.postgres
  const worker: Replica = pick(fleet.workers, choice)!
  const replicas = [...fleet.workers, fleet.api]
  const replica = pick(replicas, choice)!
  /** Mostly sessions of a load, because faults on idle sessions test little. */
  const session = (): Session | undefined => {
    const sessions = worker.proxy.sessions().filter(({ connection }) => !connection.isOver)
    const loading = sessions.filter(({ jobId }) => jobId !== undefined)
    return pick(loading.length > 0 && choice % 4 > 0 ? loading : sessions, choice)
  }
  /** The process of a session: mostly of one of a load, or 0. */
  const backend = isOfTables
    ? Effect.map(
        postgres.query<{ pid: number }>(
          "select pid from pg_stat_activity where application_name like 'sluice%' order by application_name <> 'sluice load', state = 'idle', pid",
        ),
        (found) => found[0]?.pid ?? 0,
      )
    : Effect.sync(() => session()?.backendPid ?? 0)
  const sourceConnection = () =>
    pick(
      sourceProxy.connections().filter(({ isOver }) => !isOver),
      choice,
    )
  const repairAfter = (millis: number, repair: Effect.Effect<unknown>, affected?: Replica) =>
    Effect.suspend(() => {
      tracker.expectDelay(millis + recoveryTime, affected?.name)
      return inBackground(`end of ${fault}`, Effect.andThen(Effect.sleep(millis), repair))
    })

  const restart = (how: "fast" | "immediate") =>
    Effect.gen(function* () {
      tracker.expectRetry(fault)
      tracker.expectDelay(recoveryTime)
      yield* postgres.restart(how)
    })

  const faults: Record<FaultName, Effect.Effect<unknown>> = {
    "kill -9 of a worker": Effect.gen(function* () {
      yield* worker.crash
      tracker.expectRetry(fault, worker.name)
      yield* inBackground(`start of ${worker.name}`, worker.startAgain)
    }),
    "kill -9 of the API": fleet.api.kill,
    "kill -9 of the API between commit and answer": Effect.sync(() => {
      fleet.api.proxy.set({
        moment: "after",
        matches: isCommit,
        inject: () =>
          Effect.suspend(() => {
            context.count(fault)
            return Effect.andThen(fleet.api.crash, inBackground("start of the API", fleet.api.startAgain))
          }),
      })
    }),
    "SIGTERM of a worker": inBackground(`roll of ${worker.name}`, worker.roll),
    "rolling restart": inBackground(
      fault,
      Effect.forEach([...fleet.workers, fleet.api], ({ roll }) => roll, { discard: true }),
    ),
    "freeze past the lease": Effect.gen(function* () {
      tracker.expectRetry(fault, worker.name)
      yield* worker.freeze
      yield* repairAfter(pastTheLease, worker.thaw, worker)
    }),
    "short freeze": Effect.andThen(worker.freeze, repairAfter(lasts, worker.thaw, worker)),
    "backend ended": Effect.gen(function* () {
      const pid = yield* backend
      return yield* postgres.query("select pg_terminate_backend($1::int)", [pid])
    }),
    "kill -9 of a backend": Effect.gen(function* () {
      const pid = yield* backend
      tracker.expectRetry(fault)
      tracker.expectDelay(recoveryTime)
      if (pid !== 0) yield* postgres.killBackend(pid)
    }),
    "Postgres restart, fast": restart("fast"),
    "Postgres restart, immediate": restart("immediate"),
    "database connection cut": Effect.sync(() => session()?.connection.cut()),
    "all database connections cut": Effect.andThen(
      replica.proxy.close,
      Effect.andThen(
        Effect.sync(() => tracker.expectRetry(fault, replica.name)),
        repairAfter(lasts, replica.proxy.open, replica),
      ),
    ),
    "database connection half-open": Effect.suspend(() => {
      const connection = session()?.connection
      connection?.halfOpen()
      return repairAfter(
        keepAliveTimeout,
        Effect.sync(() => connection?.cut()),
        worker,
      )
    }),
    "all database connections slow": Effect.andThen(
      replica.proxy.delay(choice % 150),
      repairAfter(lasts, replica.proxy.delay(0), replica),
    ),
    "all database connections silent": Effect.andThen(
      replica.proxy.pause,
      repairAfter(lasts, replica.proxy.resume, replica),
    ),
    "disk full": disk === undefined ? Effect.void : Effect.andThen(disk.fill, repairAfter(lasts, disk.free)),
    "source connection cut": Effect.sync(() => sourceConnection()?.cut()),
    "source connection half-open": Effect.suspend(() => {
      const connection = sourceConnection()
      connection?.halfOpen()
      return repairAfter(
        keepAliveTimeout,
        Effect.sync(() => connection?.cut()),
        worker,
      )
    }),
    "source throttled": Effect.andThen(
      sourceProxy.throttle(200_000),
      repairAfter(lasts, sourceProxy.throttle(0)),
    ),
    "source slow": Effect.andThen(sourceProxy.delay(choice % 200), repairAfter(lasts, sourceProxy.delay(0))),
  }
  yield* faults[fault]
  if (fault === "disk full" && disk === undefined)
    context.count(`${fault}: skipped, because no disk can be mounted`)
  // Counted when its commit occurs.
  else if (fault !== "kill -9 of the API between commit and answer") context.count(fault)
})

/** Waits for the attempts and bytes of the schedule, but at most 4 seconds, so that faults continue if the service stalls. */
export const waitUntilDue = (
  context: RunContext,
  { afterBegins, afterBytes }: ScheduledFault,
  received: () => number,
) =>
  Effect.suspend(() => {
    const begins = context.tracker.counts.begins + afterBegins
    const bytes = received() + afterBytes
    return Effect.repeat(
      Effect.sync(() => context.tracker.counts.begins >= begins && received() >= bytes),
      {
        until: (due) => due,
        schedule: Schedule.spaced("10 millis").pipe(Schedule.upTo({ duration: "4 seconds" })),
      },
    )
  })

/** Ends all faults, so that the remaining jobs can end. */
export const repairAll = Effect.fnUntraced(function* ({ fleet, sourceProxy, tables }: RunContext) {
  if (tables.disk !== undefined) yield* tables.disk.free
  for (const replica of [...fleet.workers, fleet.api]) {
    yield* replica.thaw
    yield* replica.proxy.open
    yield* replica.proxy.resume
    yield* replica.proxy.delay(0)
    for (const { connection } of replica.proxy.sessions()) if (connection.isHalfOpen) connection.cut()
    yield* replica.startAgain
  }
  yield* sourceProxy.delay(0)
  yield* sourceProxy.throttle(0)
  for (const connection of sourceProxy.connections()) if (connection.isHalfOpen) connection.cut()
})
