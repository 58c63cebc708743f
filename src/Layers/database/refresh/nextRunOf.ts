import * as Duration from "effect/Duration"
import { jitterOf, nextRun } from "../../../Domain/refresh/RefreshSchedule.ts"
import { scheduleOf, type WrittenSchedule } from "../../../Domain/refresh/WrittenSchedule.ts"
import type { SourceId } from "../../../Domain/job/SourceId.ts"

interface Planned extends WrittenSchedule {
  readonly id: SourceId
  readonly unchanged_runs: number
}

/**
 * When the source runs next; `null` if it has no schedule.
 *
 * @param planned when the run before was due; `null` for the first one, from which on the source has its jitter
 */
export const nextRunOf = (source: Planned, planned: Date | null, now: Date): Date | null => {
  const schedule = scheduleOf(source)
  if (schedule === null) return null
  const jitter = Duration.toMillis(jitterOf(source.id, schedule))
  if (schedule._tag === "Cron")
    return new Date(nextRun(schedule, now, now, source.unchanged_runs).getTime() + jitter)
  return nextRun(schedule, planned ?? new Date(now.getTime() + jitter), now, source.unchanged_runs)
}
