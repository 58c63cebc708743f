import { lastCountedPosition } from "../../../Domain/job/lastCountedPosition.ts"
import type { Job } from "../../client/jobs.ts"
import { count } from "../../format/numbers.ts"
import { duration, secondsBetween } from "../../format/times.ts"
import { activityOf } from "./attemptPhases.ts"

/** When the next attempt starts. */
const nextAttempt = ({ attempt, maxAttempts }: Job, at: string, now: number): string => {
  const seconds = secondsBetween(now, at)
  const number = `Attempt ${(attempt ?? 0) + 1} of at most ${maxAttempts}`
  return seconds <= 0 ? `${number} is due` : `${number} in ${duration(seconds)}`
}

/** What the job waits for because of its host; `null` if it does not. */
const waitsForHost = ({ fileUrl, waiting }: Job, now: number): string | null => {
  const host = URL.parse(fileUrl)?.host ?? fileUrl
  if (waiting?.reason === "host") return `Waiting until fewer files of ${host} are being read`
  if (waiting?.reason !== "held") return null
  const seconds = waiting.heldUntil === null ? 0 : secondsBetween(now, waiting.heldUntil)
  return `${host} asked for fewer requests${seconds < 1 ? "" : `: waiting for ${duration(seconds)}`}`
}

/** What the job waits for because of the database of its table; `null` if it does not. */
const waitsForTarget = ({ target, waiting }: Job): string | null =>
  waiting?.reason === "target" ? `Waiting for the database ${target}, which no worker reaches` : null

/** Where the job is among those that wait. */
const placeOf = ({ waiting }: Job, now: number): string => {
  if (waiting === null || waiting.position === null) return ""
  const { estimatedStartAt: at, position } = waiting
  const seconds = at === null ? 0 : secondsBetween(now, at)
  const place = position > lastCountedPosition ? `after ${count(lastCountedPosition)}` : count(position)
  return `: position ${place}${seconds < 1 ? "" : `, starts in about ${duration(seconds)}`}`
}

/** What the job waits for and how long about, or what it does besides copying; `null` while it copies, and after its end. */
export const waitingText = (job: Job, now: number): string | null => {
  const text =
    waitsForTarget(job) ??
    waitsForHost(job, now) ??
    (job.nextAttemptAt === null ? activityOf(job) : nextAttempt(job, job.nextAttemptAt, now))
  return text === null ? null : text + placeOf(job, now)
}
