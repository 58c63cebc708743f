import type { Answer } from "./http/Problem.ts"

interface Page<Job> {
  readonly jobs: ReadonlyArray<Job>
  readonly next: string | null
}

/** Most requests for a page. Each examines some thousand jobs, so a filter that no job matches does not search all of them. */
export const maxRequests = 10

/**
 * Requests jobs until there are `size` of them, because with some filters a page can have fewer although more follow. If a later request
 * fails, returns those that are there, and the place where they end.
 *
 * @param request jobs after a place, `null` for the first ones, and at most `limit`
 */
export const fillPage = async <Job>(
  size: number,
  request: (after: string | null, limit: number) => Promise<Answer<Page<Job>>>,
): Promise<Answer<Page<Job>>> => {
  let answer = await request(null, size)
  for (let requests = 1; requests < maxRequests && answer._tag === "Success"; requests++) {
    const { jobs, next }: Page<Job> = answer.value
    if (next === null || jobs.length >= size) break
    const more = await request(next, size - jobs.length)
    if (more._tag === "Failure") break
    answer = { _tag: "Success", value: { jobs: [...jobs, ...more.value.jobs], next: more.value.next } }
  }
  return answer
}
