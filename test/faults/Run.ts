import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import * as TcpProxy from "../support/TcpProxy.ts"
import { deal, isDue, mendAll } from "./Faults.ts"
import * as Fleet from "./Fleet.ts"
import { check, checkSessions, type Violation } from "./Invariants.ts"
import * as Ledger from "./Ledger.ts"
import * as Matrix from "./Matrix.ts"
import * as PostgresServer from "./PostgresServer.ts"
import { Samples } from "./Samples.ts"
import { decision } from "./Schedule.ts"
import type { Result } from "./Report.ts"
import * as Source from "./Source.ts"
import { checkStatuses, isIdempotent } from "./Statuses.ts"
import { type Spec, specOf } from "./Workload.ts"
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

const build = Effect.fnUntraced(function* (seed: number, copyStreams: ReadonlyArray<string>, shared: Shared) {
  const { counts, postgres, source, sourceLine } = shared
  const fleet = yield* Fleet.start({ databaseUrl: postgres.url, copyStreams })
  const ledger = yield* Ledger.make(fleet, postgres, { seed, measurements: shared })
  const background = yield* FiberSet.make<unknown, never>()
  const world: World = {
    seed,
    postgres,
    fleet,
    source,
    sourceLine,
    ledger,
    url: (path) => sourceLine.through(`${source.origin}${path}`),
    nextNumber: () => shared.next++,
    count: (fault) => void counts.set(fault, (counts.get(fault) ?? 0) + 1),
    counts,
    inBackground: (effect) => Effect.asVoid(FiberSet.run(background, effect)),
  }
  return { world, background }
})

/** What outlives the fleets of a run. */
interface Shared extends Ledger.Measurements {
  readonly postgres: PostgresServer.PostgresServer
  readonly source: Source.Source
  readonly sourceLine: TcpProxy.TcpProxy
  readonly counts: Map<string, number>
  readonly specs: Map<number, Spec>
  readonly ledgers: Array<Ledger.Ledger>
  readonly violations: Array<Violation>
  next: number
}

/** Posts jobs, no more at once than may be, until the time is up. */
const feed = Effect.fnUntraced(function* (world: World, shared: Shared, options: Options, until: number) {
  const { ledger, source } = world
  const slots = yield* Semaphore.make(options.jobsAtOnce)
  const shares = new Map<number, (share: number) => void>()
  source.onProgress((number, share) => shares.get(number)?.(share))
  const one = Effect.fnUntraced(function* (spec: Spec) {
    const path = yield* source.serve(spec)
    const entry = yield* ledger.post(spec, world.url(path))
    const { cancelAfter } = spec
    if (cancelAfter !== null && cancelAfter < 0.1) yield* world.inBackground(ledger.cancel(entry))
    else if (cancelAfter !== null) {
      const due = Deferred.makeUnsafe<void>()
      shares.set(spec.number, (share) => {
        if (share >= cancelAfter) Deferred.doneUnsafe(due, Effect.void)
      })
      yield* world.inBackground(
        Effect.raceFirst(Deferred.await(due), Deferred.await(entry.ended)).pipe(
          Effect.andThen(
            Effect.suspend(() => (entry.finalState === null ? ledger.cancel(entry) : Effect.void)),
          ),
        ),
      )
    }
    yield* Deferred.await(entry.ended)
    shares.delete(spec.number)
  })
  while ((yield* Clock.currentTimeMillis) < until) {
    yield* slots.take(1)
    const spec = specOf(options.seed, world.nextNumber())
    shared.specs.set(spec.number, spec)
    yield* world.inBackground(Effect.ensuring(one(spec), slots.release(1)))
  }
})

const strikeBySchedule = Effect.fnUntraced(function* (world: World, seed: number, until: number) {
  let pieces = 0
  world.source.onProgress(() => {
    pieces += 1
  })
  for (let n = 0; (yield* Clock.currentTimeMillis) < until; n++) {
    const next = decision(seed, n)
    yield* isDue(world, next, () => pieces * Source.pieceBytes)
    yield* Effect.logDebug(`${n}: ${next.fault}`)
    yield* deal(world, next)
  }
})

/** Tells what is known of a job that does not end. */
const tellStory = Effect.fnUntraced(function* ({ fleet, postgres }: World, entry: Ledger.Entry) {
  const { jobId } = entry
  const ask = (text: string) => postgres.query(text, [jobId])
  yield* Effect.logWarning(
    JSON.stringify({
      ...entry,
      now: new Date(),
      record: yield* ask("select * from sluice.job where id = $1"),
      queued: yield* ask(
        "select state, retry_count, start_after, started_on, heartbeat_on from boss.job where id = $1",
      ),
      sessions: yield* ask(
        "select pid, state, wait_event, query from pg_stat_activity where query like '%' || $1::text || '%' and pid <> pg_backend_pid()",
      ),
      log: fleet.workers.flatMap(({ log, name }) =>
        log()
          .filter((line) => line["job_id"] === jobId)
          .map((line) => [name, line] as const),
      ),
    }),
  )
})

/** A worker sweeps as it starts: what the dead have left in staging must soon be gone. Answers its exit. */
const swept = Effect.fnUntraced(function* ({ fleet, postgres }: World) {
  const isClean = Effect.map(
    postgres.query("select from pg_class where relkind = 'r' and relname like 'load %'"),
    (rows) => rows.length === 0,
  )
  const [worker] = fleet.workers
  if (worker === undefined || (yield* isClean)) return []
  const exit = yield* worker.roll
  yield* Effect.repeat(isClean, {
    until: (clean) => clean,
    schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "20 seconds" })),
  })
  return [exit]
})

/** Waits for every job's end, stops the service, and looks at what it has left. */
const finish = Effect.fnUntraced(function* (
  { background, world }: Effect.Success<ReturnType<typeof build>>,
  shared: Shared,
  drainMillis: number,
) {
  const { fleet, ledger, postgres } = world
  yield* mendAll(world)
  yield* Effect.logInfo(`mended; ${ledger.open().length} jobs are to end`)
  yield* FiberSet.awaitEmpty(background).pipe(Effect.timeoutOption(drainMillis))
  yield* Effect.forEach(ledger.open(), (entry) => tellStory(world, entry), { discard: true })
  yield* mendAll(world)
  shared.violations.push(
    ...(yield* checkStatuses(fleet.api.origin(), postgres.query, [...ledger.entries.keys()])),
  )
  const exits = [...(yield* swept(world))]
  const replicas = [...fleet.workers, fleet.api]
  exits.push(...(yield* Effect.forEach(replicas, ({ stop }) => stop, { concurrency: "unbounded" })))
  for (const exit of exits)
    if (exit !== 0)
      shared.violations.push({
        rule: "a process that was told to stop did not end well",
        jobId: null,
        detail: `exit ${exit}`,
      })
  shared.violations.push(...(yield* checkSessions(postgres.query)))
})

/** Runs the matrix and the schedule of a seed, and checks all that is left. */
export const run = Effect.fn("faults.run")(function* (options: Options) {
  const { seed } = options
  const began = yield* Clock.currentTimeMillis
  const postgres = yield* PostgresServer.start
  const source = yield* Source.make
  const shared: Shared = {
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
  const phase = <A>(streams: ReadonlyArray<string>, body: (world: World) => Effect.Effect<A>) =>
    Effect.gen(function* () {
      const built = yield* build(seed, streams, shared)
      shared.ledgers.push(built.world.ledger)
      const result = yield* body(built.world)
      yield* finish(built, shared, options.drainMillis)
      return result
    }).pipe(Effect.scoped)

  const outcomes: Array<Matrix.Outcome> = []
  const matrix = (mode: "direct" | "staged") => (world: World) =>
    Effect.gen(function* () {
      const all = Matrix.cases(mode)
      const cases = options.cases === undefined ? all : Matrix.sample(all, seed, options.cases)
      outcomes.push(...(yield* Effect.forEach(cases, (one) => Matrix.run(world, one), { concurrency: 8 })))
      yield* Effect.logInfo(`${cases.length} cases of the matrix, ${mode}, are through`)
    })
  let idempotent = false
  const schedule = (world: World) =>
    Effect.gen(function* () {
      idempotent = yield* isIdempotent(world)
      const until = (yield* Clock.currentTimeMillis) + options.millis
      yield* Effect.all([feed(world, shared, options, until), strikeBySchedule(world, seed, until)], {
        concurrency: "unbounded",
        discard: true,
      })
    })
  yield* phase(["1", "1", "1"], matrix("direct"))
  if (options.isShort === true)
    yield* phase(["2", "2", "2"], (world) => Effect.andThen(matrix("staged")(world), schedule(world)))
  else {
    yield* phase(["2", "2", "2"], matrix("staged"))
    yield* phase(["1", "auto", "2"], schedule)
  }
  const entries = shared.ledgers.flatMap((ledger) => [...ledger.entries.values()])
  for (const { spec } of entries) shared.specs.set(spec.number, spec)
  const idsOf = (some: typeof entries) => new Set(some.map(({ jobId }) => jobId))
  const violations = [
    ...shared.violations,
    ...(yield* check(postgres.query, {
      specs: shared.specs,
      promised: idsOf(entries),
      cancelled: idsOf(entries.filter(({ cancel }) => cancel === "answered")),
      cancelAsked: idsOf(entries.filter(({ cancel }) => cancel !== "none")),
      mustComplete: idsOf(entries.filter(({ mustComplete }) => mustComplete)),
      maxAttempts: Number(Fleet.maxAttempts),
      isIdempotent: idempotent,
    })),
    ...outcomes
      .filter(({ state }) => state === "never struck" || state === "open")
      .map((outcome): Violation => ({
        rule: outcome.state === "open" ? "a job of the matrix has not ended" : "a step did not come",
        jobId: null,
        detail: [outcome.mode, outcome.step, outcome.moment, outcome.strike].join(", "),
      })),
  ]
  const result: Result = {
    seed,
    seconds: Math.round(((yield* Clock.currentTimeMillis) - began) / 1000),
    jobs: tally(shared.ledgers, entries),
    faults: Object.fromEntries(shared.counts),
    downloads: Object.fromEntries(source.spoilt),
    recovery: shared.recovery.summary(),
    cancelToGone: shared.cancelToGone.summary(),
    matrix: outcomes,
    violations,
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
