import type { JobsPage } from "../../Api/contract/JobListApi.ts"
import { ask } from "./http/request.ts"
import { fillPage } from "./fillPage.ts"

/** A page of the list of jobs. */
export type JobList = typeof JobsPage.Encoded

/** A job in the list. */
export type ListedJob = JobList["jobs"][number]

/** Jobs on a page of the list. */
const pageSize = 50

/** @param filter the query of `GET /jobs`, with the place after which the page begins */
export const listJobs = (filter: URLSearchParams, signal: AbortSignal) =>
  fillPage(pageSize, (after, limit) => {
    const query = new URLSearchParams(filter)
    if (after !== null) query.set("after", after)
    query.set("limit", String(limit))
    return ask<JobList>("jobs", { query, signal })
  })
