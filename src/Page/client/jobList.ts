import type { JobsPage } from "../../Api/contract/JobListApi.ts"
import { ask } from "./http/request.ts"

/** A page of the list of jobs. */
export type JobList = typeof JobsPage.Encoded

/** A job in the list. */
export type ListedJob = JobList["jobs"][number]

/** Jobs on a page of the list. */
const pageSize = 50

/** @param filter the query of `GET /jobs`, with the place after which the page begins */
export const listJobs = (filter: URLSearchParams, signal: AbortSignal) =>
  ask<JobList>("jobs", { query: new URLSearchParams([...filter, ["limit", String(pageSize)]]), signal })
