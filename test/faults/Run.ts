import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as TcpProxy from "../support/TcpProxy.ts"
import { campaign } from "./Campaign.ts"
import { finishRun } from "./finishRun.ts"
import * as Fleet from "./Fleet.ts"
import { maxCrashes } from "../../src/Domain/job/attempts/CrashDecision.ts"
import { check, type Violation } from "./Invariants.ts"
import * as JobTracker from "./JobTracker.ts"
import * as Matrix from "./Matrix.ts"
import * as PostgresServer from "./PostgresServer.ts"
import type { Result } from "./Report.ts"
import { Samples } from "./Samples.ts"
import * as Source from "./Source.ts"
import { onHost, watchHosts } from "./SourceHosts.ts"
import type { LoadKind } from "./Steps.ts"
import type { Spec } from "./Workload.ts"
import type { RunContext } from "./RunContext.ts"

export interface Options {
  readonly seed: number
  /** Duration of the schedule, which runs after the matrix. */
  readonly millis: number
  /** Number of cases of the matrix in each mode. All by default. */
  readonly cases?: number
  /** Only the steps whose name contains this text. All by default. */
  readonly steps?: string
  /** Limit of concurrent jobs. */
  readonly jobsAtOnce: number
  /** The tables are on a second server, and there is no matrix. */
  readonly isApart?: boolean
  /** Saves time by running the schedule on the fleet of the matrix. */
  readonly isShort?: boolean
  /** Time for the remaining jobs to end when all faults are over. */
  readonly drainMillis: number
}

/** The parts of a run that all its fleets share. */
interface Stage extends JobTracker.Measurements {
  readonly postgres: PostgresServer.PostgresServer
  /** The server of the tables. */
  readonly tables: PostgresServer.PostgresServer
  readonly source: Source.Source
  readonly sourceProxy: TcpProxy.TcpProxy
  readonly counts: Map<string, number>
  readonly specs: Map<number, Spec>
  readonly trackers: Array<JobTracker.JobTracker>
  readonly violations: Array<Violation>
  next: number
}

const makeStage = Effect.fnUntraced(function* (isApart: boolean) {
  const postgres = yield* PostgresServer.start
  const source = yield* Source.make
  const stage: Stage = {
    postgres,
    tables: isApart ? yield* PostgresServer.start : postgres,
    source,
    sourceProxy: yield* TcpProxy.make(source.origin, undefined, "0.0.0.0"),
    counts: new Map(),
    specs: new Map(),
    trackers: [],
    recovery: new Samples(),
    cancelToGone: new Samples(),
    violations: [],
    next: 1,
  }
  return stage
})

/** Runs the body with a fleet, then waits for its jobs, stops it and checks it. */
const withFleet = Effect.fnUntraced(function* <A>(
  stage: Stage,
  options: Options,
  copyStreams: ReadonlyArray<string>,
  body: (context: RunContext) => Effect.Effect<A>,
) {
  const { counts, postgres, source, sourceProxy, specs, tables } = stage
  const fleet = yield* Fleet.start({
    databaseUrl: postgres.url,
    ...(tables === postgres ? {} : { targetUrl: tables.url }),
    copyStreams,
  })
  const tracker = yield* JobTracker.make(fleet, postgres, { tables, seed: options.seed, measurements: stage })
  stage.trackers.push(tracker)
  const background = yield* FiberSet.make<unknown, never>()
  const unfinished = new Set<{ readonly what: string }>()
  const context: RunContext = {
    seed: options.seed,
    postgres,
    tables,
    fleet,
    source,
    sourceProxy,
    tracker,
    url: (path, number) => onHost(sourceProxy.through(`${source.origin}${path}`), number),
    nextNumber: () => stage.next++,
    specs,
    count: (fault) => void counts.set(fault, (counts.get(fault) ?? 0) + 1),
    inBackground: (what, effect) =>
      Effect.suspend(() => {
        const running = { what }
        unfinished.add(running)
        const reported = Effect.tapCause(effect, (cause) =>
          Cause.hasInterruptsOnly(cause)
            ? Effect.void
            : Effect.suspend(() => {
                stage.violations.push({ rule: "a part of the run crashed", jobId: null, detail: what })
                return Effect.logError(`${what} crashed`, cause)
              }),
        )
        return Effect.asVoid(
          FiberSet.run(
            background,
            Effect.ensuring(
              reported,
              Effect.sync(() => unfinished.delete(running)),
            ),
          ),
        )
      }),
  }
  yield* Effect.forkScoped(watchHosts(postgres.query, (violation) => void stage.violations.push(violation)))
  const result = yield* body(context)
  stage.violations.push(
    ...(yield* finishRun(context, {
      settled: FiberSet.awaitEmpty(background),
      unfinished: () => [...unfinished].map(({ what }) => what),
      drainMillis: options.drainMillis,
    })),
  )
  return result
}, Effect.scoped)

const matrix = Effect.fnUntraced(function* (
  context: RunContext,
  mode: LoadKind,
  { cases: count, steps = "" }: Options,
) {
  const all = Matrix.cases(mode).filter(({ step }) => step.includes(steps))
  const cases = count === undefined ? all : Matrix.sample(all, context.seed, count)
  const outcomes = yield* Effect.forEach(
    cases,
    (one) =>
      // A fault of another case can kill the worker between the last commit and its response, and the job has
      // completed without this step's fault. The case then runs again, with a new job.
      Effect.repeat(Matrix.run(context, one), {
        until: ({ state }) => state !== "no fault injected",
        times: 2,
      }),
    { concurrency: 8 },
  )
  yield* Effect.logInfo(`${cases.length} cases of the matrix done, ${mode}`)
  return outcomes
})

const matrixViolations = (outcomes: ReadonlyArray<Matrix.Outcome>): ReadonlyArray<Violation> =>
  outcomes
    .filter(({ state }) => state === "no fault injected" || state === "open")
    .map((outcome) => ({
      rule: outcome.state === "open" ? "a job of the matrix has not ended" : "a step did not occur",
      jobId: null,
      detail: [outcome.mode, outcome.step, outcome.moment, outcome.fault].join(", "),
    }))

/** Runs the matrix and the schedule of a seed, and checks the result. */
export const run = Effect.fn("faults.run")(function* (options: Options) {
  const { seed } = options
  const began = yield* Clock.currentTimeMillis
  const { isApart = false } = options
  const stage = yield* makeStage(isApart)
  const withWorkers = <A>(
    copyStreams: ReadonlyArray<string>,
    body: (context: RunContext) => Effect.Effect<A>,
  ) => withFleet(stage, options, copyStreams, body)
  const direct = isApart
    ? []
    : yield* withWorkers(["1", "1", "1"], (context) =>
        Effect.map(
          Effect.forEach(["direct", "append", "upsert"] as const, (mode) => matrix(context, mode, options)),
          (outcomes) => outcomes.flat(),
        ),
      )
  const staged = isApart
    ? []
    : yield* withWorkers(["2", "2", "2"], (context) =>
        Effect.tap(matrix(context, "staged", options), () =>
          options.isShort === true ? campaign(context, options) : Effect.void,
        ),
      )
  if (options.isShort !== true)
    yield* withWorkers(["1", "auto", "2"], (context) => campaign(context, options))
  const outcomes = [...direct, ...staged]
  const entries = stage.trackers.flatMap((tracker) => [...tracker.entries.values()])
  const idsOf = (some: typeof entries) => new Set(some.map(({ jobId }) => jobId))
  const left = yield* check(
    stage.postgres.query,
    {
      specs: stage.specs,
      accepted: idsOf(entries),
      cancelled: idsOf(entries.filter(({ cancel }) => cancel === "confirmed")),
      cancelRequested: idsOf(entries.filter(({ cancel }) => cancel !== "none")),
      mustComplete: idsOf(entries.filter(({ mustComplete }) => mustComplete)),
      maxAttempts: Number(Fleet.maxAttempts),
      maxCrashes,
    },
    stage.tables.query,
  )
  const failures = (yield* stage.postgres.query<{ code: string; n: number }>(
    `select error->>'code' as code, count(*)::int as n from sluice.job
    where final_state = 'failed' group by 1 order by 1`,
  )).map(({ code, n }) => [`failed: ${code}`, n] as const)
  const result: Result = {
    seed,
    seconds: Math.round(((yield* Clock.currentTimeMillis) - began) / 1000),
    jobs: { ...tally(stage.trackers, entries), ...Object.fromEntries(failures) },
    faults: Object.fromEntries(stage.counts),
    downloads: Object.fromEntries(stage.source.broken),
    recovery: stage.recovery.summary(),
    cancelToGone: stage.cancelToGone.summary(),
    matrix: outcomes,
    violations: [...stage.violations, ...left, ...matrixViolations(outcomes)],
  }
  return result
}, Effect.scoped)

const tally = (
  trackers: ReadonlyArray<JobTracker.JobTracker>,
  entries: ReadonlyArray<JobTracker.TrackedJob>,
) => {
  const sum = (key: keyof JobTracker.JobTracker["counts"]) =>
    trackers.reduce((sum, { counts }) => sum + counts[key], 0)
  const ended = (state: string | null) => entries.filter(({ finalState }) => finalState === state).length
  return {
    posted: sum("posts"),
    completed: ended("completed"),
    failed: ended("failed"),
    cancelled: ended("cancelled"),
    unfinished: ended(null),
    "attempts started": sum("begins"),
    "cancels with response 200": sum("cancels"),
    "repeated POSTs": sum("repeatedPosts"),
  }
}
