import { useState } from "react"
import { cancelJob, type Job } from "./jobs.ts"
import type { Problem } from "./http/Problem.ts"

/** Cancels a job, and says why it cannot. */
export const useCancel = (jobId: string, onCancelled: (job: Job) => void) => {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isCancelling, setIsCancelling] = useState(false)
  const cancel = async () => {
    setIsCancelling(true)
    const answer = await cancelJob(jobId)
    setIsCancelling(false)
    if (answer._tag === "Success") onCancelled(answer.value)
    else setProblem(answer.problem)
  }
  return { cancel, isCancelling, problem }
}
