import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { TargetDatabases, type TargetContext } from "../jobs/TargetDatabases.ts"
import { TablesApart } from "../jobs/TablesApart.ts"
import { RespondingTargets } from "../liveness/RespondingTargets.ts"
import { TargetDatabase } from "../postgres/TargetDatabase.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import type { DeclaredTarget } from "../../process/settings/declaredTargets.ts"
import { connectTarget } from "./connectTarget.ts"

/** How long a start waits for a database that does not respond, in case it needs an operator. */
const startTimeout = Duration.seconds(2)

/** Time between attempts to use a database that an operator must repair. */
const repairInterval = Duration.seconds(5)

/**
 * Connects to a database while the process starts, and after it if the database does not respond: only its own jobs wait. What an
 * operator must repair ends the start. Later, its jobs wait for the repair.
 */
const start = Effect.fnUntraced(function* (declared: DeclaredTarget) {
  const { name } = declared
  const scope = yield* Effect.scope
  const first = yield* Deferred.make<TargetContext, Layer.Error<ReturnType<typeof connectTarget>>>()
  const connected = yield* Deferred.make<TargetContext>()
  let problem: string | null = null
  const attempt = Effect.gen(function* () {
    const own = yield* Scope.fork(scope)
    return yield* Layer.buildWithScope(Layer.fresh(connectTarget(declared)), own).pipe(
      Effect.onError((cause) => Scope.close(own, Exit.failCause(cause))),
    )
  })
  yield* attempt.pipe(
    Effect.tapError((error) => {
      const isLogged = problem === error.message
      problem = error.message
      const line = "a database for tables cannot be used"
      return Effect.annotateLogs(
        isLogged ? Effect.logDebug(line) : Effect.logError(line),
        describeFailure(error),
      )
    }),
    // Only the first attempt decides.
    Effect.onExit((exit) => Deferred.done(first, exit)),
    Effect.retry(Schedule.spaced(repairInterval)),
    Effect.tap(() =>
      Effect.suspend(() => {
        const isRepaired = problem !== null
        problem = null
        return isRepaired ? Effect.logInfo("a database for tables can be used again") : Effect.void
      }),
    ),
    Effect.annotateLogs({ target: name }),
    Effect.orDie,
    Deferred.into(connected),
    Effect.forkScoped,
  )
  yield* Effect.timeoutOption(Deferred.await(first), startTimeout)
  return {
    name,
    context: Deferred.await(connected),
    problem: () => problem,
  }
})

/** The default database, which has responded, and the others. */
export const startTargets = (others: ReadonlyArray<DeclaredTarget>) =>
  Layer.effect(
    TargetDatabases,
    Effect.gen(function* () {
      const apart = yield* TablesApart
      const main = Context.make(TargetDatabase, yield* TargetDatabase).pipe(Context.add(TablesApart, apart))
      const started = yield* Effect.forEach(others, start, { concurrency: "unbounded" })
      const responding = yield* RespondingTargets
      const watched = [...(apart === null ? [] : [apart]), ...started]
      for (const { name } of watched)
        yield* Metrics.observe("sluice.target.available", { target: name }, () =>
          Number(responding.names.has(name)),
        )
      return TargetDatabases.make(main, new Map(started.map((target) => [target.name, target])), () =>
        watched.map(({ name }) => ({ target: name, available: responding.names.has(name) })),
      )
    }),
  )
