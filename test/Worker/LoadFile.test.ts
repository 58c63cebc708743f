import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { AttemptTimeline } from "../../src/Domain/job/attempts/AttemptTimeline.ts"
import { JobId } from "../../src/Domain/job/Job.ts"
import { onlyInserted } from "../../src/Domain/load/SchemaChanges.ts"
import type { Attempt } from "../../src/Domain/job/Jobs.ts"
import { loadError } from "../../src/Domain/load/LoadError.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { TableName } from "../../src/Domain/load/columns/TableName.ts"
import { loadFile } from "../../src/Worker/LoadFile.ts"
import { ProgressCounter } from "../../src/Worker/ProgressCounter.ts"
import { AttemptClock } from "../../src/Worker/AttemptClock.ts"
import { TestWorker } from "../support/TestWorker.ts"

const attempt: Attempt = {
  claim: { jobId: JobId.make("00000000-0000-4000-8000-000000000000"), retryCount: 0 },
  attempt: 1,
  fileUrl: SourceUrl.make("http://files.example/a.csv"),
  options: {},
  schema: "elsewhere",
  table: TableName.make("a_1"),
  target: null,
}

/** A running load, its progress, and the hooks that it has called. */
const loadingWith = Effect.fnUntraced(function* (options: Attempt["options"]) {
  const progress = new ProgressCounter()
  const time = yield* Clock.Clock
  const clock = new AttemptClock(() => time.currentTimeMillisUnsafe(), progress)
  const called: Array<string> = []
  const hooks = {
    onSettling: Effect.sync(() => void called.push("settling")),
    onCommitted: (rows: number) => Effect.sync(() => void called.push(`committed ${rows}`)),
  }
  const fiber = yield* Effect.forkChild(
    Effect.exit(loadFile({ ...attempt, options }, { progress, hooks })).pipe(
      Effect.provideService(AttemptTimeline, clock.timeline),
    ),
  )
  return { called, clock, fiber, progress }
})
const loading = loadingWith({})

it.effect("a load counts bytes and rows, calls its hooks, and measures its phases", () =>
  Effect.gen(function* () {
    const { nextLoad } = yield* TestWorker
    const { called, clock, fiber, progress } = yield* loading
    const { continueAs, load } = yield* nextLoad
    const { batches, hooks, summary, target } = load
    assert.deepStrictEqual(target, {
      claim: attempt.claim,
      target: null,
      schema: "elsewhere",
      table: attempt.table,
      columns: [{ name: "a", header: "a", type: "text" }],
      keys: { primaryKey: [], indexes: [] },
      schemaChanges: { created: true, added: [], missing: [], ignored: [] },
      source: "http://files.example/a.csv",
      bytesTotal: 6,
    })
    assert.deepInclude(progress.read(), { bytesTotal: 6, rowsLoaded: 0 })
    yield* continueAs(
      Effect.gen(function* () {
        yield* Stream.runDrain(batches)
        yield* Effect.sleep("3 seconds")
        yield* hooks.onSettling
        yield* hooks.onCommitted(2, onlyInserted(2))
        return 2
      }),
    )
    yield* TestClock.adjust("3 seconds")
    const exit = yield* Fiber.join(fiber)
    assert.deepStrictEqual(exit, Exit.succeed(2))
    const { counters, records } = yield* summary
    assert.deepStrictEqual(counters, {
      bytesReceived: 6,
      bytesTotal: 6,
      rowsLoaded: 2,
      rowsRejected: 0,
      file: null,
      resumes: 0,
    })
    assert.strictEqual(records, 2)
    assert.deepStrictEqual(called, ["settling", "committed 2"])
    assert.deepStrictEqual(yield* clock.timeline.measure, {
      phases: [
        { phase: "waiting", seconds: 0 },
        { phase: "opening", seconds: 0 },
        { phase: "detecting", seconds: 0 },
        { phase: "loading", seconds: 3 },
      ],
      throughput: [{ elapsedSeconds: 3, bytesReceived: 6, rowsLoaded: 2 }],
    })
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("column types are inferred from all rows, but only with types=infer", () =>
  Effect.gen(function* () {
    const { nextLoad } = yield* TestWorker
    for (const [options, type] of [
      [{ types: "infer" }, "bigint"],
      [{ types: "text" }, "text"],
      [{}, "text"],
    ] as const) {
      const { fiber } = yield* loadingWith(options)
      const { continueAs, load } = yield* nextLoad
      yield* continueAs(Effect.as(Stream.runDrain(load.batches), 2))
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        load.target.columns.map(({ type }) => type),
        [type],
      )
      assert.deepStrictEqual((yield* load.summary).changes, [])
    }
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a failed load has the phases that it has reached", () =>
  Effect.gen(function* () {
    const { clock, fiber } = yield* loading
    yield* TestClock.adjust("2 seconds")
    const exit = yield* Fiber.join(fiber)
    assert.isTrue(Exit.isFailure(exit))
    const { phases } = yield* clock.timeline.measure
    assert.deepStrictEqual(phases, [
      { phase: "waiting", seconds: 0 },
      { phase: "opening", seconds: 0 },
      { phase: "detecting", seconds: 2 },
    ])
  }).pipe(
    Effect.provide(
      TestWorker.layer({
        source: {
          bytes: Stream.fromEffectDrain(Effect.sleep("2 seconds")).pipe(
            Stream.concat(Stream.fail(loadError("source_interrupted", "the source broke off"))),
          ),
        },
      }),
    ),
  ),
)

it.effect("a source that breaks off in the header fails the attempt before there is a table", () =>
  Effect.gen(function* () {
    const { fiber } = yield* loading
    const exit = yield* Fiber.join(fiber)
    const error = yield* Effect.flip(exit)
    assert.strictEqual(error._tag === "LoadError" && error.code, "source_interrupted")
  }).pipe(
    Effect.provide(
      TestWorker.layer({
        source: { bytes: Stream.fail(loadError("source_interrupted", "the source broke off")) },
      }),
    ),
  ),
)

it.effect("an interrupted load stops the sink and closes the source", () => {
  let isClosed = false
  // More than the reader buffers to detect the dialect.
  const rows = new TextEncoder().encode(`a,b\n${"1,2\n".repeat(300_000)}`)
  const bytes = Stream.make(rows).pipe(
    Stream.concat(Stream.never),
    Stream.ensuring(
      Effect.sync(() => {
        isClosed = true
      }),
    ),
  )
  return Effect.gen(function* () {
    const { nextLoad } = yield* TestWorker
    const { fiber } = yield* loading
    const { continueAs, interrupted, load } = yield* nextLoad
    yield* continueAs(Effect.andThen(Stream.runDrain(load.batches), Effect.never))
    yield* Fiber.interrupt(fiber)
    yield* interrupted
    assert.isTrue(isClosed)
  }).pipe(Effect.provide(TestWorker.layer({ source: { bytes } })))
})
