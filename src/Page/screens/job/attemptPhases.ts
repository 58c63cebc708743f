import type { Job } from "../../client/jobs.ts"
import { secondsBetween } from "../../format/times.ts"

export type Attempt = Job["attempts"][number]

type PhaseName = Attempt["phases"][number]["phase"]

export const phaseWords: Readonly<Record<PhaseName, string>> = {
  waiting: "queued",
  opening: "waiting for the source",
  detecting: "detecting the format",
  loading: "reading and copying",
  converting: "converting columns to their types",
  merging: "merging with the rows of the table",
  indexing: "building keys and indexes",
  analyzing: "analyzing the table",
  committing: "committing",
}

/** A part of the time of an attempt. */
export interface Phase {
  readonly name: PhaseName
  readonly seconds: number
  readonly isRunning: boolean
}

/** What an attempt spent its time on, until now if it runs. */
export const phasesOf = ({ endedAt, phases, startedAt }: Attempt, now: number): ReadonlyArray<Phase> => {
  const total = Math.max(0, secondsBetween(startedAt, endedAt ?? now))
  let passed = 0
  return phases.map(({ phase, seconds }): Phase => {
    const isRunning = seconds === null && endedAt === null
    const lasted = seconds ?? Math.max(0, total - passed)
    if (phase !== "waiting") passed += lasted
    return { name: phase, seconds: lasted, isRunning }
  })
}

/** What the job waits for, or does besides copying; `null` while it copies, and after its end. */
export const activityOf = ({ attempts, state }: Job): string | null => {
  if (state === "created") return "Waiting for a slot"
  if (state === "retry") return "Waiting to retry"
  if (state !== "active") return null
  const phase = attempts.at(-1)?.phases.at(-1)?.phase ?? "opening"
  if (phase === "loading" || phase === "detecting") return null
  const words = phaseWords[phase]
  return words.charAt(0).toUpperCase() + words.slice(1)
}
