import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { decideDelivery } from "../Domain/job/webhook/DeliveryDecision.ts"
import { type Delivery, Webhooks } from "../Domain/job/webhook/Webhooks.ts"
import { type WebhookOutcome, WebhookSender } from "../Domain/job/webhook/WebhookSender.ts"
import { withTimeout } from "../Domain/service/withTimeout.ts"
import * as Metrics from "../Domain/telemetry/Metrics.ts"
import { keepRunning } from "./keepRunning.ts"

/** Attempts at a time. Each holds a socket for 16 seconds at most. */
const maxRunning = 32
/** So that receivers that hang do not hold up the others. */
const maxPerHost = 4

/** Attempts may be due that have no place yet. */
const minWait = Duration.seconds(1)
/** Signals can be lost. */
const maxWait = Duration.minutes(1)
/** After a failure of the database. */
const retryInterval = Duration.seconds(2)
/** If a claim is given up, its attempts are repeated later, so only a dead connection takes this long. */
const limited = withTimeout(Duration.seconds(15), "claim webhooks")
/** Of a statement that ends an attempt. */
const settleTimeout = withTimeout(Duration.seconds(5), "settle a webhook")

/** How long attempts get to end when the worker stops. The others are released. */
const stopGrace = Duration.seconds(5)

/** If the outcome cannot be stored, the notification is sent again. */
const settleRetries = Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 5 }))

const unreadable: WebhookOutcome = {
  _tag: "Unreachable",
  reason: "The job's record or its callbackUrl cannot be read, so nothing was sent.",
}

const broken: WebhookOutcome = {
  _tag: "Unreachable",
  reason: "An unexpected error in Sluice. The worker's log has details.",
}

const outcomes = { Delivered: "delivered", Retry: "retried", GiveUp: "failed" } as const

/** Makes one attempt and stores what became of it. */
const deliver = Effect.fn("Webhooks.deliver")(function* (delivery: Delivery) {
  const webhooks = yield* Webhooks
  const sender = yield* WebhookSender
  const { attempt, host, jobId } = delivery
  yield* Effect.annotateCurrentSpan({ "sluice.job.id": jobId, "sluice.attempt": attempt })
  // Without an outcome, a notification that meets a bug would be tried again forever.
  const outcome = yield* delivery.message.pipe(
    Effect.flatMap((message) => (message === null ? Effect.succeed(unreadable) : sender.send(message))),
    Effect.catchDefect((defect) =>
      Effect.annotateLogs(Effect.logError("a webhook met an unexpected error", defect), {
        job_id: jobId,
      }).pipe(Effect.as(broken)),
    ),
  )
  const decision = decideDelivery(outcome, attempt, yield* Random.next)
  yield* Effect.retry(settleTimeout(webhooks.settle(delivery, outcome, decision)), settleRetries)
  yield* Metrics.count("sluice.webhooks", { outcome: outcomes[decision._tag] })
  const log = decision._tag === "GiveUp" ? Effect.logWarning : Effect.logInfo
  yield* Effect.annotateLogs(log("webhook attempt ended"), {
    job_id: jobId,
    host,
    attempt,
    outcome: outcomes[decision._tag],
    ...(outcome._tag === "Responded" ? { status: outcome.status } : { reason: outcome.reason }),
    ...(decision._tag === "Retry" ? { delay_ms: Math.round(Duration.toMillis(decision.delay)) } : {}),
  })
})

/** Sends notifications of ends of jobs that are due. Woken by signals, and otherwise asleep until the next one is due. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const webhooks = yield* Webhooks
    yield* Metrics.startAtZero(
      "sluice.webhooks",
      Object.values(outcomes).map((outcome) => ({ outcome })),
    )
    const wake = yield* Latch.make(true)
    const attempts = yield* FiberSet.make()
    const running = new Map<string, number>()
    const count = (host: string, change: number) => {
      const number = (running.get(host) ?? 0) + change
      if (number === 0) running.delete(host)
      else running.set(host, number)
    }

    const start = (delivery: Delivery) => {
      count(delivery.host, 1)
      const attempt = keepRunning(
        "the outcome of a webhook was not stored",
        Effect.onInterrupt(deliver(delivery), () => Effect.ignore(settleTimeout(webhooks.release(delivery)))),
      )
      const ended = Effect.suspend(() => {
        count(delivery.host, -1)
        return wake.open
      })
      return FiberSet.run(attempts, Effect.ensuring(Effect.interruptible(attempt), ended))
    }

    let wait = retryInterval
    const iteration = Effect.gen(function* () {
      wait = retryInterval
      yield* wake.close
      const places = maxRunning - (yield* FiberSet.size(attempts))
      if (places > 0) {
        const claim = webhooks.claim({ limit: places, perHost: maxPerHost, running })
        const claimed = yield* limited(claim)
        yield* Effect.forEach(claimed, start, { discard: true })
        if (claimed.length > 0) yield* wake.open
      }
      const due = yield* limited(webhooks.nextDue)
      wait = Duration.clamp(
        Option.getOrElse(due, () => maxWait),
        { minimum: minWait, maximum: maxWait },
      )
    })
    const loop = keepRunning("no webhook can be claimed", Effect.uninterruptible(iteration)).pipe(
      Effect.andThen(Effect.suspend(() => Effect.timeoutOption(wake.await, wait))),
      Effect.forever,
      Effect.withTracerEnabled(false),
    )
    yield* Effect.forkScoped(Stream.runForEach(webhooks.signals, () => wake.open))
    const claiming = yield* Effect.forkScoped(loop)
    yield* Effect.addFinalizer(() =>
      Effect.andThen(
        Fiber.interrupt(claiming),
        Effect.timeoutOption(FiberSet.awaitEmpty(attempts), stopGrace),
      ),
    )
  }),
)
