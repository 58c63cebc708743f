import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { loadError, LoadErrorCode } from "../../../src/Domain/load/LoadError.ts"
import { verdict } from "../../../src/Domain/job/RetryVerdict.ts"

const reset = loadError("source_interrupted", "The connection was reset.")

const delayOf = (
  attempt: number,
  options: { readonly jitter?: number; readonly retryAfter?: Duration.Duration } = {},
): number | undefined => {
  const error = loadError("source_unavailable", "Busy.", { retryAfter: options.retryAfter ?? null })
  const answer = verdict(error, { attempt, maxAttempts: 1000, jitter: options.jitter ?? 0 })
  return answer._tag === "RetryAfter" ? Duration.toMillis(answer.delay) : undefined
}

describe("the verdict on a failed attempt", () => {
  it("is another attempt for what may pass, until the attempts are used up", () => {
    const verdicts = [1, 2, 3].map((attempt) => verdict(reset, { attempt, maxAttempts: 3, jitter: 0 })._tag)
    assert.deepStrictEqual(verdicts, ["RetryAfter", "RetryAfter", "FailForGood"])
  })

  it("is final at once for what will not change by itself", () => {
    const final = LoadErrorCode.literals.filter(
      (code) =>
        verdict(loadError(code, ""), { attempt: 1, maxAttempts: 5, jitter: 0 })._tag === "FailForGood",
    )
    assert.includeMembers(final, ["source_not_found", "address_forbidden", "ragged_record", "not_csv"])
    assert.notIncludeMembers(final, ["source_timeout"])
    assert.sameMembers(
      LoadErrorCode.literals.filter((code) => !final.includes(code)),
      [
        "source_unreachable",
        "source_unavailable",
        "source_timeout",
        "source_interrupted",
        "source_changed",
        "target_out_of_space",
        "database_unavailable",
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

  it("stretches the wait by up to a quarter", () => {
    assert.strictEqual(delayOf(1, { jitter: 0.5 }), 1125)
    assert.isBelow(delayOf(10, { jitter: 0.999 })!, 375_000)
  })

  it("waits as long as the source asks when that is longer, up to an hour", () => {
    assert.strictEqual(delayOf(1, { retryAfter: Duration.seconds(30) }), 30_000)
    assert.strictEqual(delayOf(10, { retryAfter: Duration.seconds(30) }), 300_000)
    assert.strictEqual(delayOf(1, { retryAfter: Duration.days(2) }), 3_600_000)
    assert.strictEqual(delayOf(1, { retryAfter: Duration.zero }), 1000)
  })
})
