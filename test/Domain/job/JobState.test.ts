import { assert, describe, it } from "@effect/vitest"
import { isFinal, JobState } from "../../../src/Domain/job/JobState.ts"
import { type JobEvent, next } from "../../support/JobTransitions.ts"

const events: ReadonlyArray<JobEvent> = ["claim", "complete", "retry", "release", "fail", "cancel"]
const states = JobState.literals

describe("a job's state", () => {
  it("goes from created through active to completed", () => {
    assert.strictEqual(next("created", "claim"), "active")
    assert.strictEqual(next("active", "complete"), "completed")
  })

  it("returns to active after a retry or a release", () => {
    assert.strictEqual(next("active", "retry"), "retry")
    assert.strictEqual(next("active", "release"), "retry")
    assert.strictEqual(next("retry", "claim"), "active")
  })

  it("can be cancelled until it is final", () => {
    for (const state of states)
      assert.strictEqual(next(state, "cancel"), isFinal(state) ? undefined : "cancelled", state)
  })

  it("never leaves a final state", () => {
    assert.deepStrictEqual(states.filter(isFinal), ["completed", "cancelled", "failed"])
    for (const state of states.filter(isFinal))
      for (const event of events) assert.isUndefined(next(state, event), `${state}, ${event}`)
  })

  it("can only be settled while a worker holds the job", () => {
    for (const event of ["complete", "retry", "release", "fail"] as const)
      assert.deepStrictEqual(
        states.filter((state) => next(state, event) !== undefined),
        ["active"],
        event,
      )
  })

  it("can always be reached from created", () => {
    const reached = new Set<JobState>(["created"])
    for (const state of reached)
      for (const event of events) {
        const following = next(state, event)
        if (following !== undefined) reached.add(following)
      }
    assert.sameMembers([...reached], [...states])
  })
})
