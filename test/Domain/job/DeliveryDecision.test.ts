import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { decideDelivery, retryDelays } from "../../../src/Domain/job/webhook/DeliveryDecision.ts"
import type { WebhookOutcome } from "../../../src/Domain/job/webhook/WebhookSender.ts"

const responded = (status: number, retryAfter: Duration.Duration | null = null): WebhookOutcome => ({
  _tag: "Responded",
  status,
  retryAfter,
})
const unreachable: WebhookOutcome = { _tag: "Unreachable", reason: "no route" }

const delayOf = (outcome: WebhookOutcome, attempts: number, random = 0): number | null => {
  const decision = decideDelivery(outcome, attempts, random)
  return decision._tag === "Retry" ? Duration.toSeconds(decision.delay) : null
}

it("every 2xx is a success, also after the last attempt", () => {
  for (const status of [200, 202, 204, 299])
    for (const attempts of [1, 9])
      assert.strictEqual(decideDelivery(responded(status), attempts, 0)._tag, "Delivered")
})

it("everything else is repeated, except 410", () => {
  for (const outcome of [...[301, 304, 400, 404, 429, 500, 503].map((s) => responded(s)), unreachable])
    assert.strictEqual(delayOf(outcome, 1), 5)
  assert.strictEqual(decideDelivery(responded(410), 1, 0)._tag, "GiveUp")
})

it("the attempts cover most of a day, and then end", () => {
  const waits = retryDelays.map((_, n) => delayOf(unreachable, n + 1) ?? 0)
  assert.deepStrictEqual(
    waits,
    waits.toSorted((a, b) => a - b),
  )
  assert.isAbove(
    waits.reduce((sum, wait) => sum + wait),
    20 * 3600,
  )
  assert.strictEqual(decideDelivery(unreachable, waits.length + 1, 0)._tag, "GiveUp")
})

it("Retry-After can only lengthen a wait, up to 12 hours, and each wait gets up to a fifth more", () => {
  assert.strictEqual(delayOf(responded(429, Duration.seconds(1)), 1), 5)
  assert.strictEqual(delayOf(responded(429, Duration.minutes(3)), 1), 180)
  assert.strictEqual(delayOf(responded(503, Duration.days(30)), 1), 12 * 3600)
  assert.strictEqual(delayOf(unreachable, 1, 1), 6)
})
