import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Client } from "pg"
import { takeNumber } from "../../../../src/Layers/database/liveness/takeNumber.ts"
import { TestDatabase } from "../../../support/TestDatabase.ts"
import { TestLog } from "../../../support/TestLog.ts"

const connect = Effect.acquireRelease(
  Effect.gen(function* () {
    const { url } = yield* TestDatabase
    const client = new Client({ connectionString: Redacted.value(url) })
    yield* Effect.promise(() => client.connect())
    return client
  }),
  (client) => Effect.promise(() => client.end()),
)

const run = (client: Client, statement: string) => Effect.promise(() => client.query(statement))

/** A database whose sequence of numbers has begun again, as after a failover. */
const begunAgain = Effect.gen(function* () {
  const operator = yield* connect
  yield* run(operator, "create schema sluice; create sequence sluice.replica")
  return {
    first: yield* connect,
    second: yield* connect,
    beginAgain: run(operator, "alter sequence sluice.replica restart"),
  }
})

const Services = Layer.merge(TestDatabase.layer, TestLog.layer)

it.effect("a new process does not wait for a number that another one has", () =>
  Effect.gen(function* () {
    const { beginAgain, first, second } = yield* begunAgain
    assert.strictEqual(yield* takeNumber(first, undefined), 1)
    yield* beginAgain
    assert.strictEqual(yield* takeNumber(second, undefined), 2)
  }).pipe(Effect.scoped, Effect.provide(Services)),
)

it.live("a process that returns takes its number again, also if its old session ends only later", () =>
  Effect.gen(function* () {
    const { first, second } = yield* begunAgain
    assert.strictEqual(yield* takeNumber(first, undefined), 1)
    const taking = yield* Effect.forkChild(takeNumber(second, 1))
    yield* Effect.sleep("250 millis")
    yield* run(first, "select pg_advisory_unlock_all()")
    assert.strictEqual(yield* Fiber.join(taking), 1)
  }).pipe(Effect.scoped, Effect.provide(Services)),
)

it.effect("a process that returns takes a new number if another process keeps its own", () =>
  Effect.gen(function* () {
    const { first, second } = yield* begunAgain
    assert.strictEqual(yield* takeNumber(first, undefined), 1)
    const taking = yield* Effect.forkChild(takeNumber(second, 1))
    yield* passTime(taking)
    assert.strictEqual(yield* Fiber.join(taking), 2)
    const { logged } = yield* TestLog
    yield* logged(({ message }) => message.startsWith("another worker has the replica's number"))
  }).pipe(Effect.scoped, Effect.provide(Services)),
)

/** Lets time pass, at the speed of the statements that need it, until the fiber has ended. */
const passTime = (fiber: Fiber.Fiber<unknown, unknown>) =>
  Effect.andThen(TestClock.adjust("100 millis"), TestClock.withLive(Effect.sleep("1 millis"))).pipe(
    Effect.repeat({ until: () => fiber.pollUnsafe() !== undefined }),
  )
