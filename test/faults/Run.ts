import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as TcpProxy from "../support/TcpProxy.ts"
import { campaign } from "./Campaign.ts"
import { finish } from "./Ending.ts"
import * as Fleet from "./Fleet.ts"
import { maxCrashes } from "../../src/Domain/job/CrashDecision.ts"
import { check, type Violation } from "./Invariants.ts"
import * as Ledger from "./Ledger.ts"
import * as Matrix from "./Matrix.ts"
import * as PostgresServer from "./PostgresServer.ts"
import type { Result } from "./Report.ts"
import { Samples } from "./Samples.ts"
import * as Source from "./Source.ts"
import type { Spec } from "./Workload.ts"
import type { World } from "./World.ts"

export interface Options {
  readonly seed: number
  /** How long faults are dealt by the schedule, beside the matrix. */
  readonly millis: number
  /** How many cases of the matrix are tried; all, if left out. */
  readonly cases?: number
  /** The most jobs that are under way at once. */
  readonly jobsAtOnce: number
  /** Does without a fleet of its own for the schedule, which takes its time to start and stop. */
  readonly isShort?: boolean
  /** How long jobs may take to end once all is mended. */
  readonly drainMillis: number
}

/** What outlives the fleets of a run. */
interface Stage extends Ledger.Measurements {
  readonly postgres: PostgresServer.PostgresServer
  readonly source: Source.Source
  readonly sourceLine: TcpProxy.TcpProxy
  readonly counts: Map<string, number>
  readonly specs: Map<number, Spec>
  readonly ledgers: Array<Ledger.Ledger>
  readonly violations: Array<Violation>
  next: number
}

const setStage = Effect.gen(function* () {
  const postgres = yield* PostgresServer.start
  const source = yield* Source.make
  const stage: Stage = {
    postgres,
    source,
    sourceLine: yield* TcpProxy.make(source.origin),
    counts: new Map(),
    specs: new Map(),
    ledgers: [],
    recovery: new Samples(),
    cancelToGone: new Samples(),
    violations: [],
    next: 1,
  }
  return stage
})

/** Starts a fleet, lets the body do with it what it does, and brings it to its end. */
const withFleet = Effect.fnUntraced(function* <A>(
  stage: Stage,
  options: Options,
  copyStreams: ReadonlyArray<string>,
  body: (world: World) => Effect.Effect<A>,
) {
  const { counts, postgres, source, sourceLine, specs } = stage
  const fleet = yield* Fleet.start({ databaseUrl: postgres.url, copyStreams })
  const ledger = yield* Ledger.make(fleet, postgres, { seed: options.seed, measurements: stage })
  stage.ledgers.push(ledger)
  const background = yield* FiberSet.make<unknown, never>()
  const underWay = new Set<{ readonly what: string }>()
  const world: World = {
    seed: options.seed,
    postgres,
    fleet,
    source,
    sourceLine,
    ledger,
    url: (path) => sourceLine.through(`${source.origin}${path}`),
    nextNumber: () => stage.next++,
    specs,
    count: (fault) => void counts.set(fault, (counts.get(fault) ?? 0) + 1),
    inBackground: (what, effect) =>
      Effect.suspend(() => {
        const running = { what }
        underWay.add(running)
        const told = Effect.tapCause(effect, (cause) =>
          Cause.hasInterruptsOnly(cause)
            ? Effect.void
            : Effect.suspend(() => {
                stage.violations.push({ rule: "something of the run died", jobId: null, detail: what })
                return Effect.logError(`${what} died`, cause)
              }),
        )
        return Effect.asVoid(
          FiberSet.run(
            background,
            Effect.ensuring(
              told,
              Effect.sync(() => underWay.delete(running)),
            ),
          ),
        )
      }),
  }
  const result = yield* body(world)
  stage.violations.push(
    ...(yield* finish(world, {
      settled: FiberSet.awaitEmpty(background),
      underWay: () => [...underWay].map(({ what }) => what),
      drainMillis: options.drainMillis,
    })),
  )
  return result
}, Effect.scoped)

const matrix = Effect.fnUntraced(function* (world: World, mode: "direct" | "staged", count?: number) {
  const all = Matrix.cases(mode)
  const cases = count === undefined ? all : Matrix.sample(all, world.seed, count)
  const outcomes = yield* Effect.forEach(cases, (one) => Matrix.run(world, one), { concurrency: 8 })
  yield* Effect.logInfo(`${cases.length} cases of the matrix, ${mode}, are through`)
  return outcomes
})

const complaints = (outcomes: ReadonlyArray<Matrix.Outcome>): ReadonlyArray<Violation> =>
  outcomes
    .filter(({ state }) => state === "never struck" || state === "open")
    .map((outcome) => ({
      rule: outcome.state === "open" ? "a job of the matrix has not ended" : "a step did not come",
      jobId: null,
      detail: [outcome.mode, outcome.step, outcome.moment, outcome.strike].join(", "),
    }))

/** Runs the matrix and the schedule of a seed, and checks all that is left. */
export const run = Effect.fn("faults.run")(function* (options: Options) {
  const { seed } = options
  const began = yield* Clock.currentTimeMillis
  const stage = yield* setStage
  const under = <A>(copyStreams: ReadonlyArray<string>, body: (world: World) => Effect.Effect<A>) =>
    withFleet(stage, options, copyStreams, body)
  const direct = yield* under(["1", "1", "1"], (world) => matrix(world, "direct", options.cases))
  const staged = yield* under(["2", "2", "2"], (world) =>
    Effect.tap(matrix(world, "staged", options.cases), () =>
      options.isShort === true ? campaign(world, options) : Effect.void,
    ),
  )
  if (options.isShort !== true) yield* under(["1", "auto", "2"], (world) => campaign(world, options))
  const outcomes = [...direct, ...staged]
  const entries = stage.ledgers.flatMap((ledger) => [...ledger.entries.values()])
  const idsOf = (some: typeof entries) => new Set(some.map(({ jobId }) => jobId))
  const left = yield* check(stage.postgres.query, {
    specs: stage.specs,
    promised: idsOf(entries),
    cancelled: idsOf(entries.filter(({ cancel }) => cancel === "answered")),
    cancelAsked: idsOf(entries.filter(({ cancel }) => cancel !== "none")),
    mustComplete: idsOf(entries.filter(({ mustComplete }) => mustComplete)),
    maxAttempts: Number(Fleet.maxAttempts),
    maxCrashes,
  })
  const failures = (yield* stage.postgres.query<{ code: string; n: number }>(
    `select error->>'code' as code, count(*)::int as n from sluice.job
    where final_state = 'failed' group by 1 order by 1`,
  )).map(({ code, n }) => [`failed: ${code}`, n] as const)
  const result: Result = {
    seed,
    seconds: Math.round(((yield* Clock.currentTimeMillis) - began) / 1000),
    jobs: { ...tally(stage.ledgers, entries), ...Object.fromEntries(failures) },
    faults: Object.fromEntries(stage.counts),
    downloads: Object.fromEntries(stage.source.spoilt),
    recovery: stage.recovery.summary(),
    cancelToGone: stage.cancelToGone.summary(),
    matrix: outcomes,
    violations: [...stage.violations, ...left, ...complaints(outcomes)],
  }
  return result
}, Effect.scoped)

const tally = (ledgers: ReadonlyArray<Ledger.Ledger>, entries: ReadonlyArray<Ledger.Entry>) => {
  const sum = (key: keyof Ledger.Ledger["counts"]) =>
    ledgers.reduce((sum, { counts }) => sum + counts[key], 0)
  const ended = (state: string | null) => entries.filter(({ finalState }) => finalState === state).length
  return {
    posted: sum("posts"),
    completed: ended("completed"),
    failed: ended("failed"),
    cancelled: ended("cancelled"),
    unfinished: ended(null),
    "attempts begun": sum("begins"),
    "cancels answered 200": sum("cancels"),
    "POSTs sent again": sum("repeatedPosts"),
  }
}
