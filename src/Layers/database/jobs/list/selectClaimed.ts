import { newestFirst, type PageOfJobs } from "./orderedJobs.ts"
import type { WordsSearch } from "./wordsSearch.ts"

/**
 * SQL of the query `chosen`, the ids of a page's jobs that workers have or have had. There are few, so all are read. Their order is known
 * before their states and words, which are looked up until there are enough.
 */
export const selectClaimed = (search: {
  /** Conditions of a job. */
  readonly tests: ReadonlyArray<string>
  readonly isInQueueState: string
  /** Whether only jobs that a worker has. */
  readonly isStarted: boolean
  readonly words: WordsSearch | null
  readonly page: PageOfJobs
}): string => {
  const { isInQueueState, isStarted, page, tests, words } = search
  const ofJob = [
    page.owner === null ? "true" : `owner = ${page.owner}`,
    "final_state is null",
    ...page.times("created_at", "id"),
    ...tests,
    ...(words === null ? [] : [words.isLikely]),
  ]
  return `
    chosen as (
      select id from (
        select job.* from (select job_id from sluice.claim ${isStarted ? "where replica is not null" : ""} offset 0) as claimed
          cross join lateral (select * from sluice.job where id = claimed.job_id offset 0) as job
        where ${ofJob.join(" and ")} ${newestFirst} offset 0
      ) as job where ${[isInQueueState, ...(words === null ? [] : [words.matches])].join(" and ")} limit ${page.most}
    )`
}
