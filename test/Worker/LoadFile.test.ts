import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { JobId } from "../../src/Domain/job/Job.ts"
import type { Attempt } from "../../src/Domain/job/Jobs.ts"
import { loadError } from "../../src/Domain/load/LoadError.ts"
import { SourceUrl } from "../../src/Domain/source/SourceUrl.ts"
import { TableName } from "../../src/Domain/load/TableName.ts"
import { loadFile } from "../../src/Worker/LoadFile.ts"
import { Meter } from "../../src/Worker/Meter.ts"
import { TestWorker } from "../support/TestWorker.ts"

const attempt: Attempt = {
  claim: { jobId: JobId.make("00000000-0000-4000-8000-000000000000"), retryCount: 0 },
  attempt: 1,
  fileUrl: SourceUrl.make("http://files.example/a.csv"),
  options: {},
  schema: "elsewhere",
  table: TableName.make("a_1"),
}

/** The load, running, and what it notes. */
const loadingWith = Effect.fnUntraced(function* (options: Attempt["options"]) {
  const meter = new Meter()
  const times = { openMillis: 0, headerMillis: 0, copyMillis: 0 }
  const noted: Array<string> = []
  const fiber = yield* Effect.forkChild(
    loadFile(
      { ...attempt, options },
      {
        meter,
        times,
        onSettling: Effect.sync(() => void noted.push("settling")),
        onCommitted: (rows) => Effect.sync(() => void noted.push(`committed ${rows}`)),
      },
    ),
  )
  return { fiber, meter, noted, times }
})
const loading = loadingWith({})

it.effect("what arrives is metered: bytes and rows, as the sink takes them", () =>
  Effect.gen(function* () {
    const { nextLoad } = yield* TestWorker
    const { fiber, meter, noted, times } = yield* loading
    const { goOn, load } = yield* nextLoad
    assert.deepStrictEqual(load.columns, [{ name: "a", header: "a" }])
    assert.deepStrictEqual([load.schema, load.table, load.bytesTotal], ["elsewhere", attempt.table, 6])
    assert.deepInclude(meter.read(), { bytesTotal: 6, rowsLoaded: 0 })
    yield* goOn(
      Effect.gen(function* () {
        yield* Stream.runDrain(load.batches)
        yield* Effect.sleep("3 seconds")
        yield* load.onSettling
        yield* load.onCommitted(2)
        return 2
      }),
    )
    yield* TestClock.adjust("3 seconds")
    assert.strictEqual(yield* Fiber.join(fiber), 2)
    assert.deepStrictEqual(load.counters(), {
      bytesReceived: 6,
      bytesTotal: 6,
      rowsLoaded: 2,
      rowsRejected: 0,
      resumes: 0,
    })
    assert.deepStrictEqual(noted, ["settling", "committed 2"])
    assert.deepStrictEqual(times, { openMillis: 0, headerMillis: 0, copyMillis: 3000 })
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("the columns' types are found in all rows when they are asked for, and else not looked for", () =>
  Effect.gen(function* () {
    const { nextLoad } = yield* TestWorker
    for (const [options, types] of [
      [{ types: "infer" }, ["bigint"]],
      [{ types: "text" }, null],
      [{}, null],
    ] as const) {
      const { fiber } = yield* loadingWith(options)
      const { goOn, load } = yield* nextLoad
      yield* goOn(Effect.as(Stream.runDrain(load.batches), 2))
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(load.columnTypes(), types)
    }
  }).pipe(Effect.provide(TestWorker.layer())),
)

it.effect("a source that breaks off in the header ends the attempt before any table", () =>
  Effect.gen(function* () {
    const { fiber } = yield* loading
    const error = yield* Effect.flip(Fiber.join(fiber))
    assert.strictEqual(error._tag === "LoadError" && error.code, "source_interrupted")
  }).pipe(
    Effect.provide(
      TestWorker.layer({
        source: { bytes: Stream.fail(loadError("source_interrupted", "the source broke off")) },
      }),
    ),
  ),
)

it.effect("an interrupted load stops the sink, and closes the source", () => {
  let isClosed = false
  // More than is read ahead for the header.
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
    const { goOn, interrupted, load } = yield* nextLoad
    yield* goOn(Effect.andThen(Stream.runDrain(load.batches), Effect.never))
    yield* Fiber.interrupt(fiber)
    yield* interrupted
    assert.isTrue(isClosed)
  }).pipe(Effect.provide(TestWorker.layer({ source: { bytes } })))
})
