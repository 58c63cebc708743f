import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { LeastRate, RateWindow } from "../../src/Layers/source/download/LeastRate.ts"
import { runAttempt } from "../../src/Worker/runAttempt.ts"
import { beginning, inTurn, rest, whole } from "../support/BrokenDownload.ts"
import * as CsvServer from "../support/CsvServer.ts"
import { failure, fetchText, layer, open } from "../support/FetchedSource.ts"
import { claimedNow } from "../support/jobFixtures.ts"
import { newSlot, TestWorker } from "../support/TestWorker.ts"

/** Sends this text, then a byte at a time. */
const drip =
  (start: string, millis: number): CsvServer.Answer =>
  (exchange) =>
    Effect.gen(function* () {
      yield* exchange.head(200, { "content-type": "text/csv" })
      yield* exchange.send(start)
      while (true) {
        yield* Effect.sleep(millis)
        yield* exchange.send("x")
      }
    })

const inWindow = (window: Duration.Input) =>
  Effect.provideService(RateWindow, Duration.fromInputUnsafe(window))

describe("a download below SOURCE_LEAST_RATE", () => {
  it.live.each([
    ["from its first byte", ""],
    ["after a fast beginning", `a,b\n${"1,2\n".repeat(50_000)}`],
  ])("ends with an error that can be retried: %s", ([, start]) =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/drip", drip(start!, 20))
      const error = yield* failure(server.url("/drip")).pipe(
        Effect.provide(layer({ SOURCE_LEAST_RATE: "1 KB" })),
        inWindow("300 millis"),
      )
      assert.strictEqual(error.code, "source_too_slow")
      assert.isTrue(error.isRetryable)
      assert.match(
        error.message,
        /^127\.0\.0\.1:\d+ sent \d+ bytes per second, .*SOURCE_LEAST_RATE .*faster server/,
      )
      yield* (yield* server.request("/drip")).closed
    }),
  )

  it.live("is accepted with a limit of 0 bytes", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/drip", drip("a\n", 5))
      const source = yield* open(server.url("/drip"))
      const taken = yield* source.bytes.pipe(Stream.take(60), Stream.runCount)
      assert.strictEqual(taken, 60)
    }).pipe(Effect.provide(layer({ SOURCE_LEAST_RATE: "0 bytes" })), inWindow("50 millis")),
  )

  it.live("is not one that waits for its reader, or is short", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", CsvServer.file("a,b\n".repeat(100_000)))
      yield* server.serve("/short.csv", CsvServer.file("a\n"))
      const { bytes } = yield* open(server.url("/a.csv"))
      yield* Stream.runForEach(Stream.take(bytes, 5), () => Effect.sleep(100))
      assert.strictEqual(yield* fetchText(server.url("/short.csv")), "a\n")
    }).pipe(Effect.provide(layer({ SOURCE_LEAST_RATE: "10 MB" })), inWindow("50 millis")),
  )

  it.live("is not one whose connection goes silent once and is resumed", () =>
    Effect.gen(function* () {
      const server = yield* CsvServer.make()
      yield* server.serve("/a.csv", inTurn(beginning(), rest()))
      assert.strictEqual(yield* fetchText(server.url("/a.csv")), whole)
    }).pipe(
      Effect.provide(layer({ SOURCE_LEAST_RATE: "1 KB", SOURCE_IDLE_TIMEOUT: "150 millis" })),
      inWindow("100 millis"),
    ),
  )

  it.each([
    [
      "every window counts anew",
      [
        [60_000, 70_000],
        [60_000, 59_000],
      ],
      [null, 983],
    ],
    [
      "short waits add up",
      [
        [30_000, 10_000],
        [30_000, 10_000],
        [59_999, 0],
      ],
      [null, 333, null],
    ],
    [
      "a fast source passes",
      [
        [1, 1_000_000],
        [60_000, 1_000_000],
      ],
      [null, null],
    ],
  ] as const)("is measured over waiting only: %s", (_, waits, rates) => {
    const rate = new LeastRate(1000, Duration.seconds(60))
    const found = waits.map(([millis, bytes]) => rate.tooSlow(millis, bytes))
    assert.deepStrictEqual(
      found.map((each) => (each === null ? null : Math.floor(each))),
      [...rates],
    )
  })

  it("is one whose connections break again and again after silence", () => {
    const rate = new LeastRate(1000, Duration.seconds(60))
    const breaks = [1, 2, 3, 4, 5].map((received) => rate.tooBroken(60_000, received))
    assert.deepStrictEqual(breaks.slice(0, 4), [null, null, null, null])
    assert.isNotNull(breaks[4])
    assert.isNull(new LeastRate(1000, Duration.seconds(60)).tooBroken(300_000, 1_000_000))
  })
})

it.effect("a load that takes longer than MAX_LOAD_DURATION fails for good", () =>
  Effect.gen(function* () {
    const { create, jobs, nextLoad, queue } = yield* TestWorker
    const jobId = yield* create
    const claims = yield* queue.claim(1)
    const [attempt] = yield* jobs.begin(claims.map(({ claim }) => claim))
    if (attempt === undefined) return yield* Effect.die("the job was not claimed")
    const fiber = yield* Effect.forkChild(runAttempt(newSlot(attempt), claimedNow))
    yield* nextLoad
    yield* TestClock.adjust("59 minutes")
    assert.strictEqual(fiber.pollUnsafe(), undefined)
    yield* TestClock.adjust("1 minute")
    const { error, outcome } = yield* Fiber.join(fiber)
    assert.strictEqual(outcome, "failed")
    assert.strictEqual(error?.code, "load_too_long")
    assert.include(error?.message, "MAX_LOAD_DURATION (1h)")
    assert.isString(jobId)
  }).pipe(Effect.provide(TestWorker.layer({ maxLoadDuration: Duration.hours(1) }))),
)
