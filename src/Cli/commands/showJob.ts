import * as Effect from "effect/Effect"
import { JobResource } from "../../Api/contract/JobResource.ts"
import type { Job } from "../../Domain/job/Job.ts"
import { CommandFailed } from "../CommandFailed.ts"
import { withFlags } from "../optionName.ts"
import { describeJob } from "../output/describeJob.ts"
import { writeData } from "../output/writeData.ts"

export const showJob = (job: Job) => writeData(JobResource, job, describeJob)

/** Shows a job that has ended. One that did not load its file makes the command fail. */
export const showEnd = Effect.fnUntraced(function* (job: Job) {
  yield* showJob(job)
  if (job.state === "completed") return
  return yield* new CommandFailed({
    message:
      job.state === "cancelled"
        ? "The job was cancelled."
        : `The job failed: ${withFlags(job.error?.message ?? "")}`,
    exit: "load_failed",
    hasResult: true,
  })
})
