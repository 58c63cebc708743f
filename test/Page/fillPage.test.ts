import { assert, describe, it } from "@effect/vitest"
import { fillPage, maxRequests } from "../../src/Page/client/fillPage.ts"
import { type Answer, unreachable } from "../../src/Page/client/http/Problem.ts"

type Page = Answer<{ readonly jobs: ReadonlyArray<number>; readonly next: string | null }>

const pageOf = (jobs: ReadonlyArray<number>, next: string | null): Page => ({
  _tag: "Success",
  value: { jobs, next },
})
const failure: Page = { _tag: "Failure", problem: unreachable }

/** Fills a page of three jobs from these answers, and returns it with the requests. */
const fill = async (...answers: ReadonlyArray<Page>) => {
  const requests: Array<readonly [after: string | null, limit: number]> = []
  const answer = await fillPage(3, (after, limit) => {
    requests.push([after, limit])
    return Promise.resolve(answers[requests.length - 1] ?? pageOf([], `after ${requests.length}`))
  })
  const page = answer._tag === "Failure" ? null : answer.value
  return { requests, jobs: page?.jobs, next: page?.next }
}

describe("a page of the list of jobs", () => {
  it("is filled from as many requests as it takes", async () =>
    assert.deepStrictEqual(
      await fill(pageOf([9], "after 9"), pageOf([], "after 7"), pageOf([6, 5], "after 5")),
      {
        requests: [
          [null, 3],
          ["after 9", 2],
          ["after 7", 2],
        ],
        jobs: [9, 6, 5],
        next: "after 5",
      },
    ))

  it("takes one request if it is full, or the list ends", async () => {
    assert.lengthOf((await fill(pageOf([9, 8, 7], "after 7"))).requests, 1)
    assert.lengthOf((await fill(pageOf([9], null))).requests, 1)
  })

  it("ends after some requests that find nothing, where the search has come to", async () => {
    const { jobs, next, requests } = await fill(pageOf([9], "after 9"))
    assert.lengthOf(requests, maxRequests)
    assert.deepStrictEqual({ jobs, next }, { jobs: [9], next: `after ${maxRequests}` })
  })

  it("keeps what it has if a later request fails", async () => {
    const { jobs, next } = await fill(pageOf([9], "after 9"), failure)
    assert.deepStrictEqual({ jobs, next }, { jobs: [9], next: "after 9" })
    assert.isUndefined((await fill(failure)).jobs)
  })
})
