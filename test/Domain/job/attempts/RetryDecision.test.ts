import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { loadError, LoadErrorCode } from "../../../../src/Domain/load/LoadError.ts"
import { decideRetry, hostHold } from "../../../../src/Domain/job/attempts/RetryDecision.ts"

const reset = loadError("source_interrupted", "The connection was reset.")

const delayOf = (
  attempt: number,
  options: { readonly jitter?: number; readonly retryAfter?: Duration.Duration } = {},
): number | undefined => {
  const error = loadError("source_unavailable", "Busy.", { retryAfter: options.retryAfter ?? null })
  const decision = decideRetry(error, { attempt, maxAttempts: 1000, jitter: options.jitter ?? 0 })
  return decision._tag === "RetryAfter" ? Duration.toMillis(decision.delay) : undefined
}

describe("the decision after a failed attempt", () => {
  it("is another attempt after a temporary error, until the attempts are used up", () => {
    const decisions = [1, 2, 3].map(
      (attempt) => decideRetry(reset, { attempt, maxAttempts: 3, jitter: 0 })._tag,
    )
    assert.deepStrictEqual(decisions, ["RetryAfter", "RetryAfter", "Fail"])
  })

  it("is failure after a permanent error", () => {
    const final = LoadErrorCode.literals.filter(
      (code) => decideRetry(loadError(code, ""), { attempt: 1, maxAttempts: 5, jitter: 0 })._tag === "Fail",
    )
    assert.includeMembers(final, ["source_not_found", "address_forbidden", "ragged_record", "not_csv"])
    assert.notIncludeMembers(final, ["source_timeout"])
    assert.sameMembers(
      LoadErrorCode.literals.filter((code) => !final.includes(code)),
      [
        "source_unreachable",
        "source_unavailable",
        "source_timeout",
        "source_proxy_failed",
        "source_too_slow",
        "source_interrupted",
        "source_changed",
        "table_changed",
        "table_busy",
        "target_out_of_space",
        "target_unknown",
        "database_unavailable",
        "secrets_unreadable",
        "internal_error",
      ],
    )
  })

  it("waits twice as long after each failure, up to five minutes", () => {
    assert.deepStrictEqual(
      [1, 2, 3, 4, 9, 10, 100, 1000 - 1].map((attempt) => delayOf(attempt)),
      [1000, 2000, 4000, 8000, 256_000, 300_000, 300_000, 300_000],
    )
  })

  it("adds up to a quarter of the wait as jitter", () => {
    assert.strictEqual(delayOf(1, { jitter: 0.5 }), 1125)
    assert.isBelow(delayOf(10, { jitter: 0.999 })!, 375_000)
  })

  it("waits for Retry-After if that is longer than the backoff, up to an hour", () => {
    assert.strictEqual(delayOf(1, { retryAfter: Duration.seconds(30) }), 30_000)
    assert.strictEqual(delayOf(10, { retryAfter: Duration.seconds(30) }), 300_000)
    assert.strictEqual(delayOf(1, { retryAfter: Duration.days(2) }), 3_600_000)
    assert.strictEqual(delayOf(1, { retryAfter: Duration.zero }), 1000)
  })
})

const hold = (retryAfter: Duration.Duration | null, wait: Duration.Duration | null, isHostBusy = true) => {
  const held = hostHold(loadError("source_unavailable", "Busy.", { retryAfter, isHostBusy }), wait)
  return held === null ? null : Duration.toSeconds(held)
}

describe("the hold of a host", () => {
  it("lasts as long as the failed job waits, or as the host asked if it fails, between a second and two minutes", () => {
    assert.strictEqual(hold(Duration.seconds(30), Duration.seconds(31)), 31)
    assert.strictEqual(hold(null, Duration.seconds(2)), 2)
    assert.strictEqual(hold(Duration.seconds(30), null), 30)
    assert.strictEqual(hold(null, null), 1)
    assert.strictEqual(hold(Duration.zero, null), 1)
    assert.strictEqual(hold(Duration.hours(1), Duration.hours(1)), 120)
  })

  it("is for errors of the host only", () => {
    assert.isNull(hold(Duration.seconds(30), Duration.seconds(30), false))
  })
})
