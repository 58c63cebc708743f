import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metrics from "../../../Domain/telemetry/Metrics.ts"
import { TargetDatabases, type TargetContext } from "../jobs/TargetDatabases.ts"
import { TablesApart } from "../jobs/TablesApart.ts"
import { unavailable } from "../postgres/DatabaseFailure.ts"
import { TargetDatabase } from "../postgres/TargetDatabase.ts"
import { describeFailure } from "../../process/describeFailure.ts"
import { connectTarget, type DeclaredTarget } from "./connectTarget.ts"

/** How long a start waits for a database that does not respond, in case it needs an operator. */
const startTimeout = Duration.seconds(2)

/**
 * Connects to a database while the process starts, and after it if the database does not respond: only its own jobs wait. What an
 * operator must repair ends the start.
 */
const start = Effect.fnUntraced(function* (declared: DeclaredTarget) {
  const { name } = declared
  const scope = yield* Effect.scope
  const connected = yield* Deferred.make<TargetContext, Layer.Error<ReturnType<typeof connectTarget>>>()
  let apart: TablesApart | null = null
  yield* Layer.buildWithScope(Layer.fresh(connectTarget(declared)), scope).pipe(
    Effect.tap((context) =>
      Effect.sync(() => {
        apart = Context.get(context, TablesApart)
      }),
    ),
    Effect.tapError((error) =>
      Effect.annotateLogs(Effect.logError("a database for tables cannot be used"), {
        target: name,
        ...describeFailure(error),
      }),
    ),
    Effect.annotateLogs({ target: name }),
    Deferred.into(connected),
    Effect.forkScoped,
  )
  yield* Effect.timeoutOption(Deferred.await(connected), startTimeout)
  return {
    name,
    context: Effect.mapError(Deferred.await(connected), (cause) =>
      unavailable("connect to a database", cause),
    ),
    isAvailable: () => apart?.isAvailable() ?? false,
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
      const watched = [...(apart === null ? [] : [apart]), ...started]
      for (const { isAvailable, name } of watched)
        yield* Metrics.observe("sluice.target.available", { target: name }, () => Number(isAvailable()))
      return TargetDatabases.make(main, new Map(started.map(({ context, name }) => [name, context])), () =>
        watched.map(({ isAvailable, name }) => ({ target: name, available: isAvailable() })),
      )
    }),
  )
