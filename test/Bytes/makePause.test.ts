import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { makePause } from "../../src/Bytes/makePause.ts"

/** Milliseconds that a step takes: more than a slice. */
const stepTime = 9

const step = Effect.sync(() => {
  const end = performance.now() + stepTime
  while (performance.now() < end);
})

/** Steps with a pause after each. Adds its name to the order after each of them. */
const computation = (order: Array<string>, name: string, steps: number) =>
  Effect.gen(function* () {
    const pause = yield* makePause
    for (let n = 0; n < steps; n++) {
      yield* step
      order.push(name)
      yield* pause
    }
  })

/** Runs four computations of four steps and checks that one step runs per turn. */
const oneRunsPerTurn = Effect.fnUntraced(function* (order: Array<string>) {
  const fibers = yield* Effect.forEach(["a", "b", "c", "d"], (name) =>
    Effect.forkChild(computation(order, name, 4), { startImmediately: true }),
  )
  // All have begun, and wait.
  assert.strictEqual(order.length, fibers.length)
  const turns = yield* Effect.callback<Array<number>>((resume) => {
    const lengths: Array<number> = []
    const turn = () => {
      lengths.push(order.length)
      if (order.length < 16) setImmediate(turn)
      else resume(Effect.succeed(lengths))
    }
    setImmediate(turn)
  })
  const steps = turns.slice(1).map((length, index) => length - turns[index]!)
  assert.isAtMost(Math.max(...steps), 1)
  yield* Fiber.joinAll(fibers)
  assert.deepStrictEqual(order.toSorted().join(""), "aaaabbbbccccdddd")
})

it.live("of many computations, only one runs per turn of the event loop", () => oneRunsPerTurn([]))

it.live("a short computation ends before long ones that began earlier, which get on meanwhile", () =>
  Effect.gen(function* () {
    const order: Array<string> = []
    const long = yield* Effect.forEach(["a", "b", "c", "d", "e", "f"], (name) =>
      Effect.forkChild(computation(order, name, 8)),
    )
    while (order.length < 20)
      yield* Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))
    const short = yield* Effect.forkChild(computation(order, "short", 2))
    yield* Fiber.join(short)
    assert.isBelow(order.length, 36)
    assert.isAbove(order.length, 20)
    yield* Fiber.joinAll(long)
  }),
)

it.live("an interrupted computation gives its slice to the others", () =>
  Effect.gen(function* () {
    const order: Array<string> = []
    const [one, other] = [
      yield* Effect.forkChild(computation(order, "one", 100)),
      yield* Effect.forkChild(computation(order, "other", 3)),
    ]
    while (order.length < 2) yield* Effect.yieldNow
    yield* Fiber.interrupt(one)
    yield* Fiber.join(other)
    assert.strictEqual(order.filter((name) => name === "other").length, 3)
  }),
)

it.live("an interruption of the only one that waits does not make two run in a turn", () =>
  Effect.gen(function* () {
    const order: Array<string> = []
    const only = yield* Effect.forkChild(computation(order, "only", 100))
    while (order.length < 1) yield* Effect.yieldNow
    yield* Fiber.interrupt(only)
    order.length = 0
    yield* oneRunsPerTurn(order)
  }),
)
