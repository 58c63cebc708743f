import { assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { type Answer, unreachable } from "../../src/Page/client/http/Problem.ts"
import { startPolling } from "../../src/Page/client/startPolling.ts"

const interval = 3000
const success: Answer<null> = { _tag: "Success", value: null }
const failure: Answer<null> = { _tag: "Failure", problem: unreachable }

/** Polling whose requests the test answers, and how many were sent and answered. */
const polled = (given: { readonly isLive?: boolean; readonly isHidden?: () => boolean } = {}) => {
  const pending: Array<(answer: Answer<null>) => void> = []
  const counts = { sent: 0, answered: 0 }
  const polling = startPolling<null>({
    request: () =>
      new Promise((resolve) => {
        counts.sent++
        pending.push(resolve)
      }),
    onAnswer: () => counts.answered++,
    interval,
    isLive: () => given.isLive ?? false,
    isHidden: given.isHidden ?? (() => false),
  })
  const answer = async (answer: Answer<null>) => {
    pending.shift()?.(answer)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { ...polling, answer, counts }
}

describe("polling", () => {
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it("repeats the request after the interval, whether it succeeded or failed", async () => {
    const { answer, counts } = polled()
    await answer(success)
    await vi.advanceTimersByTimeAsync(interval)
    await answer(failure)
    await vi.advanceTimersByTimeAsync(interval)
    assert.deepStrictEqual(counts, { sent: 3, answered: 2 })
  })

  it("keeps a request in flight however often it is asked, and sends one more after it", async () => {
    const { answer, ask, counts } = polled({ isLive: true })
    for (let n = 0; n < 10; n++) {
      ask()
      await vi.advanceTimersByTimeAsync(1500)
    }
    assert.deepStrictEqual(counts, { sent: 1, answered: 0 })
    await answer(success)
    assert.deepStrictEqual(counts, { sent: 2, answered: 1 })
    await answer(success)
    await vi.advanceTimersByTimeAsync(10 * interval)
    assert.deepStrictEqual(counts, { sent: 2, answered: 2 })
  })

  it("repeats a failed request although changes come in another way", async () => {
    const { answer, ask, counts } = polled({ isLive: true })
    ask()
    await answer(failure)
    assert.strictEqual(counts.sent, 1)
    await vi.advanceTimersByTimeAsync(interval)
    assert.strictEqual(counts.sent, 2)
    await answer(success)
    await vi.advanceTimersByTimeAsync(10 * interval)
    assert.strictEqual(counts.sent, 2)
  })

  it("sends nothing while it is hidden, and nothing after its end", async () => {
    let isHidden = true
    const { answer, ask, counts, stop } = polled({ isHidden: () => isHidden })
    ask()
    assert.strictEqual(counts.sent, 0)
    isHidden = false
    ask()
    ask()
    stop()
    await answer(success)
    await vi.advanceTimersByTimeAsync(interval)
    assert.deepStrictEqual(counts, { sent: 1, answered: 0 })
  })
})
