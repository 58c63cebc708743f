import type { JobResource } from "../../Api/contract/JobResource.ts"
import type { RejectsPage } from "../../Api/contract/JobRejects.ts"
import { ask, urlOf } from "./request.ts"

/** A job as the API sends it: times are texts. */
export type Job = typeof JobResource.Encoded

/** Creates a job. The same key sent again creates no other. */
export const createJob = (form: URLSearchParams, idempotencyKey: string) =>
  ask<{ readonly jobId: string }>("download_file", {
    method: "POST",
    body: form,
    headers: { "idempotency-key": idempotencyKey },
  })

/** @param wait seconds to wait for a change of its state */
export const jobStatus = (jobId: string, wait: number, signal: AbortSignal) =>
  ask<Job>("job_status", { query: { jobId, wait }, signal })

export const cancelJob = (jobId: string) =>
  ask<Job>("job_cancel", { method: "POST", body: new URLSearchParams({ jobId }) })

/** A page of rejected records. */
export const jobRejects = (jobId: string, after: number | undefined, signal: AbortSignal) =>
  ask<typeof RejectsPage.Encoded>("job_rejects", { query: { jobId, after, limit: 50 }, signal })

/** The download of all rejects. CSV is made safe for spreadsheets. */
export const rejectsUrl = (jobId: string, format: "csv" | "source"): string =>
  urlOf("job_rejects", { jobId, format, ...(format === "csv" ? { safe: "true" } : {}) })
