import { assert, describe, it } from "@effect/vitest"
import type { ListedJob } from "../../src/Page/client/jobList.ts"
import { mergePages } from "../../src/Page/screens/jobs/mergePages.ts"

const job = (second: number, rowsLoaded = 0): ListedJob => ({
  jobId: `job ${second}`,
  state: "active",
  fileUrl: "http://localhost/a.csv",
  fileUrls: ["http://localhost/a.csv"],
  target: "default",
  schema: "public",
  table: "a",
  mode: "create",
  sourceId: null,
  unchanged: false,
  createdAt: new Date(second * 1000).toISOString(),
  startedAt: null,
  finishedAt: null,
  attempt: 1,
  maxAttempts: 5,
  nextAttemptAt: null,
  progress: {
    bytesReceived: 0,
    bytesTotal: null,
    rowsLoaded,
    rowsRejected: 0,
    file: null,
    percent: null,
    bytesPerSecond: null,
    etaSeconds: null,
    resumes: 0,
  },
  error: null,
})

const page = (seconds: ReadonlyArray<number>, next: string | null = null) => ({
  jobs: seconds.map((second) => job(second)),
  next,
})

const idsOf = ({ jobs }: { readonly jobs: ReadonlyArray<ListedJob> }) => jobs.map(({ jobId }) => jobId)

describe("a list of jobs that is shown", () => {
  it("keeps its rows in their places and only counts new jobs", () => {
    const { newJobs, page: merged } = mergePages(page([3, 2, 1]), page([5, 4, 3, 2, 1]))
    assert.strictEqual(newJobs, 2)
    assert.deepStrictEqual(idsOf(merged), ["job 3", "job 2", "job 1"])
  })

  it("shows the latest state of each job", () => {
    const { page: merged } = mergePages(page([2, 1]), { jobs: [job(2, 7), job(1)], next: null })
    assert.deepStrictEqual(
      merged.jobs.map(({ progress }) => progress.rowsLoaded),
      [7, 0],
    )
  })

  it("keeps rows that new ones have moved to the next page, and continues after them", () => {
    const { newJobs, page: merged } = mergePages(page([3, 2, 1], "after 1"), page([5, 4, 3], "after 3"))
    assert.strictEqual(newJobs, 2)
    assert.deepStrictEqual(idsOf(merged), ["job 3", "job 2", "job 1"])
    assert.strictEqual(merged.next, "after 1")
  })

  it("loses jobs that no longer match, and gets those that follow the last one", () => {
    const { newJobs, page: merged } = mergePages(page([5, 4, 3], "after 3"), page([5, 3, 2], "after 2"))
    assert.strictEqual(newJobs, 0)
    assert.deepStrictEqual(idsOf(merged), ["job 5", "job 3", "job 2"])
    assert.strictEqual(merged.next, "after 2")
  })

  it("that was empty shows the first jobs at once", () => {
    assert.deepStrictEqual(mergePages(page([]), page([1])), { page: page([1]), newJobs: 0 })
  })
})
