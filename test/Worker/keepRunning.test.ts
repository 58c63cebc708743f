import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { ServiceUnavailable } from "../../src/Domain/service/ServiceUnavailable.ts"
import { keepRunning } from "../../src/Worker/keepRunning.ts"
import { TestLog } from "../support/TestLog.ts"

const outage = Effect.fail(new ServiceUnavailable({ operation: "claim", message: "no route to host" }))

/** The log of a loop whose iterations have these outcomes. */
const loggedBy = (...outcomes: ReadonlyArray<Effect.Effect<void, ServiceUnavailable>>) =>
  Effect.gen(function* () {
    let n = 0
    const iteration = keepRunning(
      "nothing is claimed",
      Effect.suspend(() => outcomes[n++] ?? Effect.void),
    )
    yield* Effect.repeat(iteration, { times: outcomes.length - 1 })
    const { lines } = yield* TestLog
    return lines.map(({ level, message }) => `${level} ${message}`)
  }).pipe(Effect.provide(TestLog.layer))

it.effect("an outage is logged once when it begins and once when it is over", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* loggedBy(Effect.void, outage, outage, outage, Effect.void, Effect.void), [
      "WARN nothing is claimed",
      "DEBUG nothing is claimed",
      "DEBUG nothing is claimed",
      "INFO over: nothing is claimed",
    ])
  }),
)

it.effect("a second outage is logged like the first", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* loggedBy(outage, Effect.void, outage, Effect.void), [
      "WARN nothing is claimed",
      "INFO over: nothing is claimed",
      "WARN nothing is claimed",
      "INFO over: nothing is claimed",
    ])
  }),
)

it.effect("an unexpected error is logged each time, and the loop continues", () =>
  Effect.gen(function* () {
    const bug = Effect.die(new Error("a bug"))
    assert.deepStrictEqual(yield* loggedBy(bug, bug, Effect.void), [
      "ERROR nothing is claimed",
      "ERROR nothing is claimed",
    ])
  }),
)

it.effect("the log line of an outage names the failed operation and the reason", () =>
  Effect.gen(function* () {
    yield* keepRunning("nothing is claimed", outage)
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
    const iteration = Effect.andThen(Deferred.succeed(isWaiting, undefined), Effect.never)
    const loop = yield* Effect.forkChild(Effect.forever(keepRunning("nothing is claimed", iteration)))
    yield* Deferred.await(isWaiting)
    yield* Fiber.interrupt(loop)
    assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(loop)))
  }),
)
