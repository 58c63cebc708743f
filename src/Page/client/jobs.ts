import type { JobResource } from "../../Api/contract/JobResource.ts"
import type { RejectsPage } from "../../Api/contract/JobRejects.ts"
import { ask, urlOf } from "./http/request.ts"
import { sendWithKey } from "./http/sendWithKey.ts"

/** A job as the API sends it: times are texts. */
export type Job = typeof JobResource.Encoded

/** Creates a job. The same form sent again, after its response was lost, creates no other. */
export const createJob = (form: URLSearchParams) =>
  sendWithKey(`download_file ${form}`, (key) =>
    ask<{ readonly jobId: string }>("download_file", {
      method: "POST",
      body: form,
      headers: { "idempotency-key": key },
    }),
  )

export const cancelJob = (jobId: string) =>
  ask<Job>("job_cancel", { method: "POST", body: new URLSearchParams({ jobId }) })

/** A page of rejected records. */
export const jobRejects = (jobId: string, after: number | undefined, signal: AbortSignal) =>
  ask<typeof RejectsPage.Encoded>("job_rejects", { query: { jobId, after, limit: 50 }, signal })

/** The download of all rejects as CSV, which is made safe for spreadsheets. */
export const rejectsUrl = (jobId: string): string =>
  urlOf("job_rejects", { jobId, format: "csv", safe: "true" })

/** @param file the number of one of several files, from 1 */
export const rejectedSourceUrl = (jobId: string, file?: number): string =>
  urlOf("job_rejects", { jobId, format: "source", file })
