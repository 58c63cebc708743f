import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Session } from "./DatabaseLine.ts"
import type { Replica } from "./Fleet.ts"
import { hasAnswerOfCommit } from "./Steps.ts"
import type { Decision, FaultName } from "./Schedule.ts"
import type { World } from "./World.ts"

/**
 * Keep-alive, which the proxy answers in the place of a host that is gone, would end a dead connection after
 * this long (`tcp_keepalives_*` of a load's session).
 */
const keepAlive = 30_000

/** Longer than the queue's patience with a worker that gives no sign. */
const pastTheLease = 13_000

/** After a disturbance connections are opened anew, and what has piled up is worked off. */
const aftermath = 2000

const pick = <A>(choices: ReadonlyArray<A>, choice: number): A | undefined => choices[choice % choices.length]

/** Deals one fault out. What lasts goes on in the background; what must be mended is mended. */
export const deal = Effect.fnUntraced(function* (world: World, { choice, fault, lasts }: Decision) {
  const { fleet, inBackground, ledger, postgres, sourceLine } = world
  const { disk } = postgres
  const worker: Replica = pick(fleet.workers, choice)!
  const replicas = [...fleet.workers, fleet.api]
  const replica = pick(replicas, choice)!
  /** Sessions that carry a load come first: faults on idle ones teach little. */
  const session = (): Session | undefined => {
    const sessions = worker.line.sessions().filter(({ connection }) => !connection.isOver)
    const loading = sessions.filter(({ jobId }) => jobId !== undefined)
    return pick(loading.length > 0 && choice % 4 > 0 ? loading : sessions, choice)
  }
  const sourceConnection = () =>
    pick(
      sourceLine.connections().filter(({ isOver }) => !isOver),
      choice,
    )
  const mendAfter = (millis: number, mend: Effect.Effect<unknown>, disturbed?: Replica) =>
    Effect.suspend(() => {
      ledger.disturb(millis + aftermath, disturbed?.name)
      return inBackground(`end of ${fault}`, Effect.andThen(Effect.sleep(millis), mend))
    })

  const restart = (how: "fast" | "immediate") =>
    Effect.gen(function* () {
      ledger.lose(fault)
      ledger.disturb(aftermath)
      yield* postgres.restart(how)
    })

  const deals: Record<FaultName, Effect.Effect<unknown>> = {
    "kill -9 of a worker": Effect.gen(function* () {
      yield* worker.strikeDown
      ledger.lose(fault, worker.name)
      yield* inBackground(`start of ${worker.name}`, worker.revive)
    }),
    "kill -9 of the API": fleet.api.kill,
    "kill -9 of the API between commit and answer": Effect.sync(() => {
      fleet.api.line.set({
        moment: "after",
        fits: hasAnswerOfCommit,
        strike: () =>
          Effect.suspend(() => {
            world.count(fault)
            return Effect.andThen(fleet.api.strikeDown, inBackground("start of the API", fleet.api.revive))
          }),
      })
    }),
    "SIGTERM of a worker": inBackground(`roll of ${worker.name}`, worker.roll),
    "rolling restart": inBackground(
      fault,
      Effect.forEach([...fleet.workers, fleet.api], ({ roll }) => roll, { discard: true }),
    ),
    "freeze past the lease": Effect.gen(function* () {
      ledger.lose(fault, worker.name)
      yield* worker.freeze
      yield* mendAfter(pastTheLease, worker.thaw, worker)
    }),
    "short freeze": Effect.andThen(worker.freeze, mendAfter(lasts, worker.thaw, worker)),
    "backend ended": Effect.suspend(() => {
      const pid = session()?.backendPid ?? 0
      return postgres.query("select pg_terminate_backend($1::int)", [pid])
    }),
    "kill -9 of a backend": Effect.suspend(() => {
      const pid = session()?.backendPid ?? 0
      ledger.lose(fault)
      ledger.disturb(aftermath)
      return pid === 0 ? Effect.void : postgres.killBackend(pid)
    }),
    "Postgres restart, fast": restart("fast"),
    "Postgres restart, immediate": restart("immediate"),
    "database connection cut": Effect.sync(() => session()?.connection.cut()),
    "database line cut": Effect.andThen(
      replica.line.close,
      Effect.andThen(
        Effect.sync(() => ledger.lose(fault, replica.name)),
        mendAfter(lasts, replica.line.open, replica),
      ),
    ),
    "database connection half-open": Effect.suspend(() => {
      const connection = session()?.connection
      connection?.halfOpen()
      return mendAfter(
        keepAlive,
        Effect.sync(() => connection?.cut()),
        worker,
      )
    }),
    "database line delayed": Effect.andThen(
      replica.line.delay(choice % 150),
      mendAfter(lasts, replica.line.delay(0), replica),
    ),
    "database line silent": Effect.andThen(
      replica.line.pause,
      mendAfter(lasts, replica.line.resume, replica),
    ),
    "disk full": disk === undefined ? Effect.void : Effect.andThen(disk.fill, mendAfter(lasts, disk.free)),
    "source connection cut": Effect.sync(() => sourceConnection()?.cut()),
    "source connection half-open": Effect.suspend(() => {
      const connection = sourceConnection()
      connection?.halfOpen()
      return mendAfter(
        keepAlive,
        Effect.sync(() => connection?.cut()),
        worker,
      )
    }),
    "source line throttled": Effect.andThen(
      sourceLine.throttle(200_000),
      mendAfter(lasts, sourceLine.throttle(0)),
    ),
    "source line delayed": Effect.andThen(
      sourceLine.delay(choice % 200),
      mendAfter(lasts, sourceLine.delay(0)),
    ),
  }
  yield* deals[fault]
  if (fault === "disk full" && disk === undefined)
    world.count(`${fault}: skipped, for no disk can be mounted`)
  // That waits for its commit, and is counted then.
  else if (fault !== "kill -9 of the API between commit and answer") world.count(fault)
})

/** Waits until as much has happened as the decision asks for; a standstill must not be the end of faults. */
export const isDue = (world: World, { afterBegins, afterBytes }: Decision, received: () => number) =>
  Effect.suspend(() => {
    const begins = world.ledger.counts.begins + afterBegins
    const bytes = received() + afterBytes
    return Effect.repeat(
      Effect.sync(() => world.ledger.counts.begins >= begins && received() >= bytes),
      {
        until: (due) => due,
        schedule: Schedule.spaced("10 millis").pipe(Schedule.upTo({ duration: "4 seconds" })),
      },
    )
  })

/** Everything that may still be spoilt is made good, so that what is left to do can be done. */
export const mendAll = Effect.fnUntraced(function* ({ fleet, postgres, sourceLine }: World) {
  if (postgres.disk !== undefined) yield* postgres.disk.free
  for (const replica of [...fleet.workers, fleet.api]) {
    yield* replica.thaw
    yield* replica.line.open
    yield* replica.line.resume
    yield* replica.line.delay(0)
    for (const { connection } of replica.line.sessions()) if (connection.isHalfOpen) connection.cut()
    yield* replica.revive
  }
  yield* sourceLine.delay(0)
  yield* sourceLine.throttle(0)
  for (const connection of sourceLine.connections()) if (connection.isHalfOpen) connection.cut()
})
