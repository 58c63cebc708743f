import type { Job } from "../jobs.ts"

/** How far a job was at a time. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly attempt: number
  readonly bytes: number
  readonly rows: number
}

/** When this tab first saw a job in a phase, and why the phase before ended. */
export interface Phase {
  readonly at: number
  readonly attempt: number
  readonly name: PhaseName
  readonly reason: string | null
}

export type PhaseName = "queued" | "connecting" | "reading" | "committing" | "waiting" | "ended"

/** What this tab has seen of a job. It outlives a reload; the service keeps only the latest state of a job. */
export interface JobHistory {
  readonly samples: ReadonlyArray<Sample>
  readonly phases: ReadonlyArray<Phase>
}

const maxSamples = 600
const nothing: JobHistory = { samples: [], phases: [] }
const keyOf = (jobId: string) => `sluice.job.${jobId}`

/** What this tab has seen of the job so far. */
export const jobHistory = (jobId: string): JobHistory => {
  const stored = sessionStorage.getItem(keyOf(jobId))
  return stored === null ? nothing : (JSON.parse(stored) as JobHistory)
}

/** What a job is doing. */
export const phaseOf = ({ progress, state }: Job): PhaseName => {
  if (state === "created") return "queued"
  if (state === "retry") return "waiting"
  if (state !== "active") return "ended"
  if (progress.bytesReceived === 0) return "connecting"
  return progress.percent === 100 ? "committing" : "reading"
}

/** Every second sample, once there are too many: the curve keeps its shape. */
const thinned = (samples: ReadonlyArray<Sample>) =>
  samples.length < maxSamples ? samples : samples.filter((_, index) => index % 2 === 0)

/** Adds what a job is doing now, and returns all that was seen. */
export const recordJob = (job: Job, at: number): JobHistory => {
  const { jobId, progress } = job
  const { phases, samples } = jobHistory(jobId)
  const attempt = job.attempt ?? 0
  const name = phaseOf(job)
  const last = phases.at(-1)
  const history = {
    samples:
      job.state === "active"
        ? [...thinned(samples), { at, attempt, bytes: progress.bytesReceived, rows: progress.rowsLoaded }]
        : samples,
    phases:
      last?.name === name && last.attempt === attempt
        ? phases
        : [...phases, { at, attempt, name, reason: job.error?.message ?? null }],
  }
  try {
    sessionStorage.setItem(keyOf(jobId), JSON.stringify(history))
  } catch {
    // The storage of this tab is full of other jobs: their histories are worth less than the one that is watched.
    for (const key of Object.keys(sessionStorage))
      if (key.startsWith("sluice.job.")) sessionStorage.removeItem(key)
  }
  return history
}
