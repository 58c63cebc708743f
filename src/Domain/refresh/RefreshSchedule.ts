import * as Cron from "effect/Cron"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

/** When a source is loaded again: at a regular interval, or at the times of a cron expression. */
export type RefreshSchedule =
  | { readonly _tag: "Every"; readonly interval: Duration.Duration }
  | { readonly _tag: "Cron"; readonly cron: Cron.Cron }

/** After this many unchanged runs in a row, the pause doubles with each further one. */
export const unchangedRunsBeforePause = 10
const longestPause = 8

/** How many intervals a source pauses that was unchanged this many times in a row. */
const pauseFactor = (unchanged: number): number =>
  Math.min(longestPause, 2 ** Math.max(0, unchanged - unchangedRunsBeforePause))

const maxJitter = Duration.seconds(30)

/**
 * How much later than its time a source runs, so that sources with the same times do not all run at the same moment. The same
 * for all runs of a source: up to 30 s, and up to a tenth of an interval.
 *
 * @param id a UUID
 */
export const jitterOf = (id: string, schedule: RefreshSchedule): Duration.Duration => {
  const most =
    schedule._tag === "Every" ? Duration.min(maxJitter, Duration.times(schedule.interval, 0.1)) : maxJitter
  return Duration.times(most, Number.parseInt(id.slice(0, 8), 16) / 2 ** 32)
}

/**
 * The time of the next run. Runs at an interval keep their rhythm, so that none is missed: the next one is an interval after the
 * planned time of this one, or at the first such time in the future if the service did not run meanwhile.
 *
 * @param planned when this run was due
 * @param unchanged how many runs before found the file unchanged
 */
export const nextRun = (schedule: RefreshSchedule, planned: Date, now: Date, unchanged: number): Date => {
  if (schedule._tag === "Cron") return Cron.next(schedule.cron, now)
  const interval = Duration.toMillis(schedule.interval)
  const next = planned.getTime() + interval * pauseFactor(unchanged)
  const missed = Math.max(0, Math.ceil((now.getTime() - next) / interval))
  return new Date(next + missed * interval)
}

const unitNames: Readonly<Record<string, string>> = {
  s: "seconds",
  m: "minutes",
  h: "hours",
  d: "days",
  w: "weeks",
}

/** With far longer ones, no date can express the time of the next run. */
const longestInterval = Duration.days(366)

/** The interval that a text such as `15m` or `1 hour` is; `null` if it is none, or longer than a year. */
export const parseInterval = (text: string): Duration.Duration | null => {
  const [, count, unit] = /^(\d{1,6})\s*([smhdw]|(?:second|minute|hour|day|week)s?)$/i.exec(text.trim()) ?? []
  if (count === undefined || unit === undefined) return null
  const name = unitNames[unit[0]!.toLowerCase()]!
  const interval = Duration.fromInputUnsafe({ [name]: Number(count) })
  return Duration.isGreaterThan(interval, longestInterval) ? null : interval
}

/** The next time of a cron expression; `null` if there is none, such as for 30 February. */
const nextTime = (cron: Cron.Cron, after: Date): Date | null =>
  Option.getOrNull(Option.liftThrowable(() => Cron.next(cron, after))())

/** The cron expression, with five fields, in the time zone; `null` if it or the zone is malformed, or it has no time. */
export const parseCron = (expression: string, timezone: string): Cron.Cron | null => {
  if (expression.trim().split(/\s+/).length !== 5) return null
  const cron = Result.getOrElse(Cron.parse(expression.trim(), timezone), () => null)
  return cron === null || nextTime(cron, new Date(0)) === null ? null : cron
}

/** The shortest time between two runs. For a cron expression, between two of the next runs. */
export const shortestPause = (schedule: RefreshSchedule, now: Date): Duration.Duration => {
  if (schedule._tag === "Every") return schedule.interval
  let shortest = Infinity
  let last = nextTime(schedule.cron, now)
  for (let run = 0; run < 100 && last !== null; run++) {
    const next = nextTime(schedule.cron, last)
    if (next !== null) shortest = Math.min(shortest, next.getTime() - last.getTime())
    last = next
  }
  return Duration.millis(shortest)
}
