import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { ServiceUnavailable } from "../../src/Domain/service/ServiceUnavailable.ts"
import { survive } from "../../src/Worker/Survive.ts"
import { TestLog } from "../support/TestLog.ts"

const outage = Effect.fail(new ServiceUnavailable({ operation: "claim", message: "no route to host" }))

/** A loop's turns, one after the other, each as the test says. */
const turns = (...outcomes: ReadonlyArray<Effect.Effect<void, ServiceUnavailable>>) =>
  Effect.gen(function* () {
    let n = 0
    const turn = survive(
      "nothing is claimed",
      Effect.suspend(() => outcomes[n++] ?? Effect.void),
    )
    yield* Effect.repeat(turn, { times: outcomes.length - 1 })
    const { lines } = yield* TestLog
    return lines.map(({ level, message }) => `${level} ${message}`)
  }).pipe(Effect.provide(TestLog.layer))

it.effect("an outage is told when it begins and when it is over, and no oftener", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* turns(Effect.void, outage, outage, outage, Effect.void, Effect.void), [
      "WARN nothing is claimed",
      "DEBUG nothing is claimed",
      "DEBUG nothing is claimed",
      "INFO over: nothing is claimed",
    ])
  }),
)

it.effect("a second outage is told like the first", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* turns(outage, Effect.void, outage, Effect.void), [
      "WARN nothing is claimed",
      "INFO over: nothing is claimed",
      "WARN nothing is claimed",
      "INFO over: nothing is claimed",
    ])
  }),
)

it.effect("a defect is told each time, and the loop goes on", () =>
  Effect.gen(function* () {
    const defect = Effect.die(new Error("a mistake of ours"))
    assert.deepStrictEqual(yield* turns(defect, defect, Effect.void), [
      "ERROR nothing is claimed",
      "ERROR nothing is claimed",
    ])
  }),
)

it.effect("the failed operation and its reason stand with the line", () =>
  Effect.gen(function* () {
    yield* survive("nothing is claimed", outage)
    const { lines } = yield* TestLog
    assert.deepStrictEqual(
      lines.map(({ annotations }) => annotations),
      [{ operation: "claim", reason: "no route to host" }],
    )
  }).pipe(Effect.provide(TestLog.layer)),
)

it.effect("an interruption ends the loop", () =>
  Effect.gen(function* () {
    const isWaiting = yield* Deferred.make<void>()
    const turn = Effect.andThen(Deferred.succeed(isWaiting, undefined), Effect.never)
    const loop = yield* Effect.forkChild(Effect.forever(survive("nothing is claimed", turn)))
    yield* Deferred.await(isWaiting)
    yield* Fiber.interrupt(loop)
    assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(loop)))
  }),
)
