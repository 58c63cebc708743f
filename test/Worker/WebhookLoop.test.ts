import { assert, it } from "@effect/vitest"
import { randomUUID } from "node:crypto"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { JobId } from "../../src/Domain/job/Job.ts"
import { type Delivery, Webhooks } from "../../src/Domain/job/webhook/Webhooks.ts"
import { type WebhookOutcome, WebhookSender } from "../../src/Domain/job/webhook/WebhookSender.ts"
import { expectedLogs } from "../support/expectedLogs.ts"
import * as WebhookLoop from "../../src/Worker/WebhookLoop.ts"

const deliveryTo = (host: string): Delivery => ({
  jobId: JobId.make(randomUUID()),
  attempt: 1,
  host,
  message: Effect.succeed({ id: "msg_1", url: `http://${host}/`, body: "{}" }),
})

/** A loop on deliveries that the test makes due. */
const start = (send: () => Effect.Effect<WebhookOutcome>) =>
  Effect.gen(function* () {
    const signals = yield* Queue.unbounded<void>()
    const settled = yield* Queue.unbounded<string>()
    const counts = { claims: 0, released: 0 }
    let due: ReadonlyArray<Delivery> = []
    const webhooks = Layer.succeed(
      Webhooks,
      Webhooks.of({
        claim: ({ limit }) =>
          Effect.sync(() => {
            counts.claims++
            const claimed = due.slice(0, limit)
            due = due.slice(limit)
            return claimed
          }),
        nextDue: Effect.sync(() => (due.length === 0 ? Option.none() : Option.some(Duration.zero))),
        settle: (_, __, decision) => Effect.asVoid(Queue.offer(settled, decision._tag)),
        release: () =>
          Effect.sync(() => {
            counts.released++
          }),
        signals: Stream.fromQueue(signals),
      }),
    )
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    yield* Layer.buildWithScope(
      WebhookLoop.layer.pipe(
        Layer.provide([webhooks, Layer.succeed(WebhookSender, WebhookSender.of({ send }))]),
      ),
      scope,
    )
    return {
      counts,
      settled: Queue.take(settled),
      stop: Scope.close(scope, Exit.void),
      makeDue: (deliveries: ReadonlyArray<Delivery>) =>
        Effect.suspend(() => {
          due = deliveries
          return Queue.offer(signals, undefined)
        }),
    }
  })

const accepted = Effect.succeed<WebhookOutcome>({ _tag: "Responded", status: 200, retryAfter: null })

it.effect("an idle loop asks once a minute, and a signal wakes it", () =>
  Effect.gen(function* () {
    const { counts, makeDue, settled } = yield* start(() => accepted)
    yield* TestClock.adjust("59 seconds")
    assert.strictEqual(counts.claims, 1)
    yield* TestClock.adjust("2 seconds")
    assert.strictEqual(counts.claims, 2)
    yield* makeDue([deliveryTo("a.example"), deliveryTo("b.example")])
    assert.deepStrictEqual([yield* settled, yield* settled], ["Delivered", "Delivered"])
  }),
)

it.effect("at most 32 attempts run at a time", () =>
  Effect.gen(function* () {
    let running = 0
    const all = yield* Deferred.make<void>()
    const { makeDue, settled } = yield* start(() =>
      Effect.gen(function* () {
        assert.isAtMost(++running, 32)
        yield* Deferred.await(all)
        running--
        return yield* accepted
      }),
    )
    yield* makeDue(Array.from({ length: 100 }, (_, n) => deliveryTo(`${n}.example`)))
    yield* TestClock.adjust("1 second")
    assert.strictEqual(running, 32)
    yield* Deferred.succeed(all, undefined)
    for (let n = 0; n < 100; n++) {
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* settled, "Delivered")
    }
  }),
)

it.effect("an attempt that meets a bug is an attempt like others, whose end is stored", () =>
  Effect.gen(function* () {
    const { makeDue, settled } = yield* start(() => Effect.die(new Error("a bug")))
    yield* makeDue([
      deliveryTo("a.example"),
      { ...deliveryTo("b.example"), message: Effect.die(new Error("a bug")) },
      { ...deliveryTo("c.example"), attempt: 9 },
    ])
    const decisions = [yield* settled, yield* settled, yield* settled]
    assert.sameMembers(decisions, ["Retry", "Retry", "GiveUp"])
  }).pipe(Effect.provide(expectedLogs("a webhook met an unexpected error"))),
)

it.effect("attempts that run when the worker stops get five seconds, and are then released", () =>
  Effect.gen(function* () {
    const began = yield* Deferred.make<void>()
    const { counts, makeDue, stop } = yield* start(() =>
      Effect.andThen(Deferred.succeed(began, undefined), Effect.never),
    )
    yield* makeDue([deliveryTo("a.example")])
    yield* Deferred.await(began)
    const stopping = yield* Effect.forkChild(stop)
    yield* TestClock.adjust("4 seconds")
    assert.strictEqual(counts.released, 0)
    yield* TestClock.adjust("2 seconds")
    yield* Fiber.join(stopping)
    assert.strictEqual(counts.released, 1)
  }),
)
