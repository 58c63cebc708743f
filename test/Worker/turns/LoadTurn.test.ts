import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import type * as Cause from "effect/Cause"
import { LoadTurn } from "../../../src/Worker/turns/LoadTurn.ts"
import { TurnQueue } from "../../../src/Worker/turns/TurnQueue.ts"
import type { LoadError } from "../../../src/Domain/load/LoadError.ts"

const small = new Uint8Array(100)
const medium = new Uint8Array(2 ** 16 + 1)
const large = new Uint8Array(2 ** 20 + 1)

/** One turn for small loads, one for short and one for long ones. The clock stands still unless the test changes it. */
const world = () => {
  const clock = { now: 0 }
  const counts = { becameLong: 0 }
  const now = () => clock.now
  const turns = {
    small: new TurnQueue(1, now),
    short: new TurnQueue(1, now),
    long: new TurnQueue(1, now),
    now,
    onLong: Effect.sync(() => (counts.becameLong += 1)),
  }
  /** A load whose source sends what the test offers. `works` holds the load at each chunk until the test lets it go. */
  const load = Effect.gen(function* () {
    const turn = new LoadTurn(turns)
    const source = yield* Queue.unbounded<Uint8Array, LoadError | Cause.Done>()
    const got = yield* Queue.unbounded<Deferred.Deferred<void>>()
    const fiber = yield* Effect.forkChild(
      Stream.fromQueue(source).pipe(
        Stream.rechunk(1),
        turn.inTurn,
        Stream.runForEach(() =>
          Effect.gen(function* () {
            const done = yield* Deferred.make<void>()
            yield* Queue.offer(got, done)
            yield* Deferred.await(done)
          }),
        ),
        Effect.ensuring(turn.end),
      ),
    )
    yield* settled
    const works = Queue.take(got)
    const hasWork = Effect.andThen(settled, Queue.size(got))
    return { turn, source, works, hasWork, fiber }
  })
  return { clock, counts, turns, load }
}

/** Enough turns of the event loop for everything that can happen without the test. */
const settled = Effect.repeat(Effect.yieldNow, { times: 8 })

it.effect("a small load waits while another one works, and works when that one waits for its source", () =>
  Effect.gen(function* () {
    const { load } = world()
    const [one, other] = [yield* load, yield* load]
    yield* Queue.offer(one.source, small)
    const work = yield* one.works
    yield* Queue.offer(other.source, small)
    assert.strictEqual(yield* other.hasWork, 0)
    yield* Deferred.succeed(work, undefined)
    assert.strictEqual(yield* other.hasWork, 1)
  }),
)

it.effect("a load that waits for its source has no turn when another one needs it", () =>
  Effect.gen(function* () {
    const { load, turns } = world()
    const [slow, other] = [yield* load, yield* load]
    yield* Queue.offer(slow.source, small)
    yield* Deferred.succeed(yield* slow.works, undefined)
    yield* settled
    assert.isTrue(turns.small.has(slow.turn))
    yield* Queue.offer(other.source, small)
    yield* other.works
    assert.isFalse(turns.small.has(slow.turn))
  }),
)

it.effect("a short load does not wait for long ones", () =>
  Effect.gen(function* () {
    const { counts, load } = world()
    const [long, short] = [yield* load, yield* load]
    yield* Queue.offer(long.source, large)
    yield* long.works
    assert.strictEqual(counts.becameLong, 1)
    yield* Queue.offer(short.source, small)
    yield* short.works
  }),
)

it.effect("a small load does not wait for others that detect the format of their samples", () =>
  Effect.gen(function* () {
    const { load, turns } = world()
    const [short, other] = [yield* load, yield* load]
    yield* Queue.offer(short.source, medium)
    yield* short.works
    assert.isTrue(turns.short.has(short.turn))
    yield* Queue.offer(other.source, small)
    yield* other.works
  }),
)

it.effect(
  "a long load whose source is fast keeps its turn for a while, and then lets the next one work",
  () =>
    Effect.gen(function* () {
      const { clock, load } = world()
      const [one, other] = [yield* load, yield* load]
      yield* Queue.offerAll(one.source, [large, large, large])
      const first = yield* one.works
      yield* Queue.offer(other.source, large)
      assert.strictEqual(yield* other.hasWork, 0)
      yield* Deferred.succeed(first, undefined)
      const second = yield* one.works
      assert.strictEqual(yield* other.hasWork, 0)
      clock.now = 1000
      yield* Deferred.succeed(second, undefined)
      const others = yield* other.works
      assert.strictEqual(yield* one.hasWork, 0)
      yield* Deferred.succeed(others, undefined)
      assert.strictEqual(yield* one.hasWork, 0)
      yield* TestClock.adjust("10 millis")
      yield* one.works
    }),
)

it.effect("a load works to its end in its turn, after the end of its source", () =>
  Effect.gen(function* () {
    const { load, turns } = world()
    const one = yield* load
    yield* Queue.offer(one.source, small)
    yield* Deferred.succeed(yield* one.works, undefined)
    yield* Queue.end(one.source)
    yield* Fiber.join(one.fiber)
    assert.isFalse(turns.small.has(one.turn))
  }),
)

it.effect("a long load needs no turn after the end of its source, while Postgres works", () =>
  Effect.gen(function* () {
    const { load, turns } = world()
    const [one, other] = [yield* load, yield* load]
    yield* Queue.offer(one.source, large)
    const work = yield* one.works
    yield* Queue.offer(other.source, large)
    yield* Queue.end(one.source)
    assert.strictEqual(yield* other.hasWork, 0)
    yield* Deferred.succeed(work, undefined)
    yield* other.works
    assert.isFalse(turns.long.has(one.turn))
  }),
)

it.effect("a long load whose source is slow leaves its turn as soon as it waits for it", () =>
  Effect.gen(function* () {
    const { clock, load } = world()
    const [slow, other] = [yield* load, yield* load]
    yield* Queue.offer(slow.source, large)
    yield* Deferred.succeed(yield* slow.works, undefined)
    yield* settled
    clock.now = 50
    yield* Queue.offer(slow.source, large)
    const work = yield* slow.works
    yield* Queue.offer(other.source, large)
    assert.strictEqual(yield* other.hasWork, 0)
    yield* Deferred.succeed(work, undefined)
    // Without a turn of the clock.
    yield* other.works
  }),
)

it.effect("a long load of a slow source has no turn between its chunks", () =>
  Effect.gen(function* () {
    const { clock, load, turns } = world()
    const one = yield* load
    yield* Queue.offer(one.source, large)
    yield* Deferred.succeed(yield* one.works, undefined)
    yield* settled
    assert.isTrue(turns.long.has(one.turn))
    clock.now = 50
    yield* Queue.offer(one.source, large)
    const work = yield* one.works
    assert.isTrue(turns.long.has(one.turn))
    yield* Deferred.succeed(work, undefined)
    yield* settled
    assert.isFalse(turns.long.has(one.turn))
  }),
)

it.effect("a load that waits for its source keeps its turn while another one is free", () =>
  Effect.gen(function* () {
    const queue = new TurnQueue(2, () => 0)
    const asked: Array<string> = []
    const holder = (name: string) => ({ leaveIfWaiting: Effect.sync(() => void asked.push(name)) })
    yield* queue.take(holder("first"))
    yield* queue.take(holder("second"))
    yield* settled
    assert.deepStrictEqual(asked, [])
    const third = yield* Effect.forkChild(queue.take(holder("third")))
    yield* settled
    assert.deepStrictEqual(asked, ["first", "second"])
    yield* Fiber.interrupt(third)
  }),
)

it.effect("an interrupted load leaves its turn, and the queue", () =>
  Effect.gen(function* () {
    const { load, turns } = world()
    const [one, queued, last] = [yield* load, yield* load, yield* load]
    yield* Queue.offer(one.source, small)
    yield* one.works
    yield* Queue.offer(queued.source, small)
    yield* Queue.offer(last.source, small)
    yield* settled
    assert.strictEqual(turns.small.length, 2)
    yield* Fiber.interrupt(queued.fiber)
    assert.strictEqual(turns.small.length, 1)
    yield* Fiber.interrupt(one.fiber)
    yield* last.works
    assert.strictEqual(turns.small.length, 0)
  }),
)

it.effect("a load is starting until it has once waited long for its source", () =>
  Effect.gen(function* () {
    const { clock, load } = world()
    const one = yield* load
    clock.now = 19
    assert.isTrue(one.turn.isStarting)
    clock.now = 20
    yield* Queue.offer(one.source, small)
    yield* one.works
    assert.isFalse(one.turn.isStarting)
  }),
)

it.effect("a long load is not starting", () =>
  Effect.gen(function* () {
    const { load } = world()
    const one = yield* load
    yield* Queue.offer(one.source, large)
    yield* one.works
    assert.isFalse(one.turn.isStarting)
  }),
)

it.effect("the queue knows how long its first load has waited", () =>
  Effect.gen(function* () {
    const { clock, load, turns } = world()
    const [one, other] = [yield* load, yield* load]
    assert.strictEqual(turns.small.longestWait, 0)
    yield* Queue.offer(one.source, small)
    const work = yield* one.works
    clock.now = 100
    yield* Queue.offer(other.source, small)
    yield* settled
    clock.now = 300
    assert.strictEqual(turns.small.longestWait, 200)
    yield* Deferred.succeed(work, undefined)
    yield* other.works
    assert.strictEqual(turns.small.longestWait, 0)
  }),
)
