import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { type ClaimLost, CopySink, type TableLoad } from "../../src/Domain/job/CopySink.ts"
import { onlyInserted } from "../../src/Domain/load/SchemaChanges.ts"
import { CsvSource, type OpenedSource } from "../../src/Domain/source/CsvSource.ts"
import type { JobId } from "../../src/Domain/job/Job.ts"
import { JobQueue } from "../../src/Domain/job/JobQueue.ts"
import { type Attempt, Jobs } from "../../src/Domain/job/Jobs.ts"
import { Liveness } from "../../src/Domain/service/Liveness.ts"
import type { LoadError } from "../../src/Domain/load/LoadError.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { WorkerSettings } from "../../src/Domain/service/WorkerSettings.ts"
import * as ClaimLoop from "../../src/Worker/ClaimLoop.ts"
import { AttemptClock } from "../../src/Worker/AttemptClock.ts"
import { ProgressCounter } from "../../src/Worker/ProgressCounter.ts"
import type { Slot } from "../../src/Worker/Slots.ts"
import * as JobsMemory from "./JobsMemory.ts"
import { TestLog, type TestLogLine } from "./TestLog.ts"
import { asSomeCaller } from "./someCaller.ts"
import { unversioned } from "./unversioned.ts"

/** A slot for an attempt that runs alone. */
export const newSlot = (attempt: Attempt, crashes = 0): Slot => {
  const progress = new ProgressCounter()
  return {
    attempt,
    crashes,
    progress,
    clock: new AttemptClock(() => 0, progress),
    settling: Deferred.makeUnsafe(),
    stopReason: Deferred.makeUnsafe(),
  }
}

/** Why the attempt was stopped, if it was. */
export const stopReasonOf = ({ stopReason }: Slot) =>
  Effect.gen(function* () {
    const reason = yield* Deferred.poll(stopReason)
    return reason._tag === "Some" ? yield* reason.value : undefined
  })

/** A load that has started and is controlled by the test. */
export interface HeldLoad {
  readonly load: TableLoad
  /** Lets the load continue as this effect. Only the first call has an effect. */
  readonly continueAs: (as: Effect.Effect<number, LoadError | ClaimLost>) => Effect.Effect<void>
  /** For `continueAs`: settles and commits without interruption, like `CopySink`. */
  readonly commit: (rows: number) => Effect.Effect<number>
  /** Waits until the load is interrupted. */
  readonly interrupted: Effect.Effect<void>
}

/** Changes to the environment of the worker. */
interface Environment {
  readonly slots?: number
  readonly shutdownGrace?: Duration.Duration
  readonly stopWhenIdle?: Duration.Duration
  readonly maxLoadDuration?: Duration.Duration
  readonly maxAttempts?: number
  readonly source?: Partial<OpenedSource>
  readonly reportAlive?: Effect.Effect<void>
  /** Replaces methods, for the worker only. */
  readonly jobs?: (jobs: Jobs["Service"]) => Partial<Jobs["Service"]>
  readonly queue?: (queue: JobQueue["Service"]) => Partial<JobQueue["Service"]>
}

/**
 * A worker with jobs and a queue in memory, a source that sends two rows, and loads that the test controls. The services
 * of this class are not changed by the environment.
 */
export class TestWorker extends Context.Service<
  TestWorker,
  {
    readonly jobs: Jobs["Service"]
    readonly queue: JobQueue["Service"]
    readonly create: Effect.Effect<JobId>
    readonly stateOf: (jobId: JobId) => Effect.Effect<string>
    /** Waits for the start of the next load. */
    readonly nextLoad: Effect.Effect<HeldLoad>
    /** Number of sources opened so far. */
    readonly opened: () => number
    /** Waits for the log line of the attempt's end. */
    readonly ended: (jobId: JobId) => Effect.Effect<TestLogLine>
    /** Starts the worker on the test's clock. It stops with the scope or by `stop`. */
    readonly start: Effect.Effect<{ readonly stop: Effect.Effect<void> }, never, Scope.Scope>
  }
>()("sluice/test/support/TestWorker") {
  static readonly layer = (environment: Environment = {}) =>
    Layer.effectContext(make(environment)).pipe(
      Layer.provideMerge(JobsMemory.layer),
      Layer.provideMerge(TestLog.layer),
    )
}

const make = Effect.fnUntraced(function* (environment: Environment) {
  const memory = yield* JobsMemory.JobsMemory
  const jobs = yield* Jobs
  const queue = yield* JobQueue
  const { logged } = yield* TestLog
  const loads = yield* Queue.unbounded<HeldLoad>()
  let opened = 0

  const commit = (load: TableLoad, rows: number) =>
    Effect.uninterruptible(
      Effect.gen(function* () {
        const { hooks, summary, target } = load
        const { compression, counters, findings } = yield* Effect.orDie(summary)
        yield* hooks.onSettling
        yield* memory.complete(target.claim, {
          columns: target.columns,
          counters: { ...counters, rowsLoaded: rows },
          compression,
          findings,
        })
        yield* hooks.onCommitted(rows, onlyInserted(rows))
        return rows
      }),
    )

  const load = Effect.fnUntraced(function* (load: TableLoad) {
    const next = yield* Deferred.make<Effect.Effect<number, LoadError | ClaimLost>>()
    const interrupted = yield* Deferred.make<void>()
    const continueAs = (as: Effect.Effect<number, LoadError | ClaimLost>) =>
      Effect.asVoid(Deferred.succeed(next, as))
    yield* Queue.offer(loads, {
      load,
      continueAs,
      commit: (rows) => commit(load, rows),
      interrupted: Deferred.await(interrupted),
    })
    return yield* Effect.flatten(Deferred.await(next)).pipe(
      Effect.onInterrupt(() => Deferred.succeed(interrupted, undefined)),
    )
  })

  const services = Context.make(Jobs, Jobs.of({ ...jobs, ...environment.jobs?.(jobs) })).pipe(
    Context.add(JobQueue, JobQueue.of({ ...queue, ...environment.queue?.(queue) })),
    Context.add(
      CopySink,
      CopySink.of({
        readsText: Effect.succeed(true),
        into: (target, end) => (batches) => load({ target, batches, ...end }),
      }),
    ),
    Context.add(
      CsvSource,
      CsvSource.of({
        openIfChanged: unversioned,
        open: () =>
          Effect.sync(() => {
            opened += 1
            let received = 0
            const bytes = Stream.map(environment.source?.bytes ?? Stream.make(twoRows), (chunk) => {
              received += chunk.length
              return chunk
            })
            return {
              bytesTotal: 6,
              contentType: "text/csv",
              bytesReceived: () => received,
              resumes: () => 0,
              fileName: null,
              compression: () => null,
              ...environment.source,
              bytes,
            }
          }),
      }),
    ),
    Context.add(
      WorkerSettings,
      WorkerSettings.of({
        slots: environment.slots ?? 4,
        usableSlots: () => environment.slots ?? 4,
        pushingLoads: 2,
        shutdownGrace: environment.shutdownGrace ?? Duration.seconds(20),
        stopWhenIdle: environment.stopWhenIdle ?? Duration.infinity,
        maxAttempts: environment.maxAttempts ?? 5,
        maxLoadDuration: environment.maxLoadDuration ?? Duration.hours(23),
        maxRecordSize: ByteSize.mebibytes(1),
      }),
    ),
    Context.add(Liveness, Liveness.of({ reportAlive: environment.reportAlive ?? Effect.void })),
  )

  const start = Effect.gen(function* () {
    const scope = yield* Scope.make()
    const stop = Scope.close(scope, Exit.void)
    // If a test leaves loads running, the grace period must pass.
    yield* Effect.addFinalizer(() =>
      Effect.all([stop, TestClock.adjust("1 hour")], { concurrency: "unbounded", discard: true }),
    )
    yield* Layer.buildWithScope(ClaimLoop.layer, scope)
    return { stop }
  })

  return services.pipe(
    Context.add(
      TestWorker,
      TestWorker.of({
        jobs,
        queue,
        create: jobs.create({ fileUrl, options: {} }).pipe(
          asSomeCaller,
          Effect.orDie,
          Effect.map(({ jobId }) => jobId),
        ),
        stateOf: (jobId) => Effect.orDie(Effect.flatMap(queue.state(jobId), Effect.fromOption)),
        nextLoad: Queue.take(loads),
        opened: () => opened,
        ended: (jobId) =>
          logged(
            ({ annotations, message }) => message === "attempt ended" && annotations["job_id"] === jobId,
          ),
        start: Effect.provide(start, services),
      }),
    ),
  )
})

const twoRows = new TextEncoder().encode("a\n1\n2\n")
const fileUrl = SourceUrl.make("http://files.example/a.csv")
