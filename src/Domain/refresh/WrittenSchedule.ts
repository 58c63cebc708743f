import { parseCron, parseInterval, type RefreshSchedule } from "./RefreshSchedule.ts"

/** A schedule as it was written. */
export interface WrittenSchedule {
  readonly every: string | null
  readonly cron: string | null
  /** Of `cron`. */
  readonly timezone: string
}

export const isSameSchedule = (one: WrittenSchedule, other: WrittenSchedule): boolean =>
  one.every === other.every && one.cron === other.cron && one.timezone === other.timezone

/** The schedule; `null` if the source runs only when it is refreshed, or if the schedule is malformed. */
export const scheduleOf = ({ cron, every, timezone }: WrittenSchedule): RefreshSchedule | null => {
  if (cron !== null) {
    const parsed = parseCron(cron, timezone)
    return parsed === null ? null : { _tag: "Cron", cron: parsed }
  }
  const interval = every === null ? null : parseInterval(every)
  return interval === null ? null : { _tag: "Every", interval }
}
