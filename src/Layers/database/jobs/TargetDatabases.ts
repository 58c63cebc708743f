import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { defaultTarget, type RecordedTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"
import { TargetUnknown } from "../../../Domain/load/columns/target/Targets.ts"
import type { HealthSummary } from "../../../Domain/service/HealthSummary.ts"
import { ServiceUnavailable } from "../../../Domain/service/ServiceUnavailable.ts"
import { NamedTarget, TargetDatabase } from "../postgres/TargetDatabase.ts"
import { messageOf } from "../../process/describeFailure.ts"
import { TablesApart } from "./TablesApart.ts"

/** A database of loaded tables, with its `TablesApart`. */
export type TargetContext = Context.Context<TargetDatabase>

/** How long a job or a request waits for one of several databases. */
const responseTimeout = Duration.seconds(2)

const operation = "connect to the database of a table"

const silence = (target: string, reason?: string) => ({
  message: `the database ${target} does not respond${reason === undefined ? "" : `: ${reason}`}`,
  detail: `The database ${target} does not respond. Try again after Retry-After seconds.`,
})

/** @param reason for the log */
export const notResponding = (target: string, reason?: string) =>
  new ServiceUnavailable({ ...silence(target, reason), operation })

const unknown = (target: RecordedTarget) =>
  new ServiceUnavailable({
    operation,
    message: `this process has no database ${target ?? "of the queue for tables"}, as others have`,
    detail:
      target === null
        ? "This process has TARGET_DATABASE_URL, and the job's table is in the database of the queue. Try again, or give all processes the same settings."
        : `This process lacks the database ${target}, which has the job's table. Try again, or give it ${target === defaultTarget ? "TARGET_DATABASE_URL" : `${target} in TARGET_DATABASES`}, as the others have.`,
  })

/** @param problem what an operator must repair, for the log */
export const unusable = (target: string, problem: string) =>
  new ServiceUnavailable({
    operation,
    message: `the database ${target} cannot be used: ${problem}`,
    detail: `The database ${target} cannot be used until the operator repairs what the service's log says. Try again later.`,
  })

/** A database besides the default one. */
interface OtherTarget {
  /** Waits until it responds. */
  readonly context: Effect.Effect<TargetContext>
  /** What an operator must repair before that. */
  readonly problem: () => string | null
}

const orNotResponding = (target: string) =>
  Effect.timeoutOrElse({ duration: responseTimeout, orElse: () => Effect.fail(notResponding(target)) })

/** The failure with the name of the database, for clients and for the log, unless it says more already. */
const named =
  <E>(target: string) =>
  (error: E): E | ServiceUnavailable => {
    if (!(error instanceof ServiceUnavailable) || error.detail !== undefined) return error
    return new ServiceUnavailable({
      ...silence(target, error.message),
      operation: error.operation,
      cause: error.cause,
    })
  }

const ifUsable = <A, E>(
  target: string,
  problem: OtherTarget["problem"],
  effect: Effect.Effect<A, E>,
): Effect.Effect<A, ServiceUnavailable> =>
  Effect.suspend(() => {
    const found = problem()
    if (found !== null) return Effect.fail(unusable(target, found))
    return effect.pipe(
      Effect.mapError((error) => notResponding(target, messageOf(error))),
      orNotResponding(target),
    )
  })

/** What was built for a database, and its `TargetContext`. */
type PerTarget<A> = (
  target: RecordedTarget,
) => Effect.Effect<Context.Context<A | TargetDatabase>, ServiceUnavailable>

/** The databases of loaded tables, by their names as jobs record them. */
export class TargetDatabases extends Context.Service<
  TargetDatabases,
  {
    /** The names that requests may give, the default one first. */
    readonly names: ReadonlyArray<string>
    /** Those besides that of the queue, and whether they have responded lately. */
    readonly availability: () => HealthSummary["targets"]
    /** Whether this process can load into it. */
    readonly has: (target: RecordedTarget) => boolean
    readonly resolve: (requested: string | undefined) => Effect.Effect<RecordedTarget, TargetUnknown>
    /** `null` for that of the queue. */
    readonly apart: (target: RecordedTarget) => Effect.Effect<TablesApart | null, ServiceUnavailable>
    /** Names the database in its failures, if it is not the only one of the service. */
    readonly naming: (
      requested: string,
    ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | ServiceUnavailable, R>
    /** Also limits what is asked of one of several databases, so that one that hangs does not hold up what is asked of the others. */
    readonly promptly: (
      requested: string,
    ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | ServiceUnavailable, R>
    /** The names, as requests give them, of those that do not respond now. The queue's own is not asked. */
    readonly silent: Effect.Effect<ReadonlySet<string>>
    /** Builds a layer for each database once it responds, as the default one has. */
    readonly each: <A, E, R>(
      layer: Layer.Layer<A, E, R>,
    ) => Effect.Effect<PerTarget<A>, E, Exclude<R, TargetDatabase> | Scope.Scope>
  }
>()("sluice/Layers/jobs/TargetDatabases") {
  /**
   * @param main the default one
   * @param availability as of the service
   */
  static readonly make = (
    main: TargetContext,
    others: ReadonlyMap<string, OtherTarget>,
    availability: () => HealthSummary["targets"],
  ) => {
    const mainName = Context.get(main, TablesApart)?.name ?? null
    const names = [defaultTarget, ...others.keys()]
    const find = (target: string) => {
      if (target === mainName) return Effect.succeed(main)
      const other = others.get(target)
      return other === undefined
        ? Effect.fail(unknown(target))
        : ifUsable(target, other.problem, other.context)
    }
    const isOnly = names.length === 1 && mainName === null
    const naming =
      (requested: string) =>
      <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | ServiceUnavailable, R> =>
        isOnly ? effect : Effect.mapError(effect, named<E>(requested))
    return TargetDatabases.of({
      names,
      naming,
      availability,
      has: (target) => target === mainName || (target !== null && others.has(target)),
      resolve: (target = defaultTarget) => {
        if (target === defaultTarget) return Effect.succeed(mainName)
        return others.has(target)
          ? Effect.succeed(target)
          : Effect.fail(new TargetUnknown({ target, known: names }))
      },
      promptly: (requested) => (effect) =>
        naming(requested)(names.length === 1 ? effect : orNotResponding(requested)(effect)),
      silent: Effect.filter(
        names.filter((name) => name !== defaultTarget || mainName !== null),
        (target) =>
          find(target).pipe(
            Effect.flatMap((context) => Context.get(context, TargetDatabase).sql`select 1`),
            Effect.timeout(responseTimeout),
            Effect.isFailure,
          ),
        { concurrency: "unbounded" },
      ).pipe(
        Effect.map((silent) => new Set(silent)),
        Effect.withTracerEnabled(false),
      ),
      apart: (target) =>
        target === null ? Effect.succeed(null) : Effect.map(find(target), Context.get(TablesApart)),
      each: Effect.fnUntraced(function* <A, E, R>(layer: Layer.Layer<A, E, R>) {
        const scope = yield* Effect.scope
        const buildIn = (context: TargetContext, name: string | null) =>
          Effect.map(
            Layer.buildWithScope(
              Layer.fresh(layer).pipe(
                Layer.provide(Layer.succeedContext(Context.add(context, NamedTarget, name))),
              ),
              scope,
            ),
            (built) => Context.merge(context, built),
          )
        const ofMain = yield* buildIn(main, null)
        const built = new Map<RecordedTarget, ReturnType<PerTarget<A>>>([[mainName, Effect.succeed(ofMain)]])
        for (const [name, { context, problem }] of others) {
          const ready = yield* Deferred.make<Context.Context<A | TargetDatabase>, E>()
          yield* Effect.flatMap(context, (responding) => buildIn(responding, name)).pipe(
            Deferred.into(ready),
            Effect.forkScoped,
          )
          built.set(name, ifUsable(name, problem, Deferred.await(ready)))
        }
        return (target: RecordedTarget) => built.get(target) ?? Effect.fail(unknown(target))
      }),
    })
  }
}
