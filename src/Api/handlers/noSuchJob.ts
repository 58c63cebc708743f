import type { JobId } from "../../Domain/job/Job.ts"
import * as Problem from "../contract/problems/Problems.ts"

export const noSuchJob = (jobId: JobId) =>
  new Problem.JobNotFound({
    jobId,
    detail: `There is no job ${jobId}. Use the jobId that POST /download_file returned.`,
  })
