import * as Schema from "effect/Schema"
import { asWritten, option } from "../load/options/LoadOption.ts"
import { parseCron, parseInterval } from "./RefreshSchedule.ts"
import type { WrittenSchedule } from "./WrittenSchedule.ts"

const maxLength = 100

const Short = Schema.String.check(Schema.isMaxLength(maxLength))

const defaultTimezone = "UTC"

/** When a source runs, as it is written in a request. */
export const ScheduleOptions = Schema.Struct({
  every: option(Short.check(Schema.makeFilter((text: string) => parseInterval(text) !== null)), asWritten, {
    meaning: "The interval between two runs.",
    details:
      "At least `SOURCE_MIN_INTERVAL`. Runs keep their rhythm. After 10 runs in a row that found the file unchanged, the pauses grow up to 8 intervals, until it changes.",
    values: "a number of seconds, minutes, hours, days or weeks, such as 15m or 1 hour, up to a year",
    examples: ["15m", "1 hour"],
    ifOmitted: "`cron`, or only when the source is refreshed",
  }),
  cron: option(Short, asWritten, {
    meaning: "The times of the runs, as a cron expression.",
    details:
      "Minute, hour, day of month, month and day of week. Each run is up to 30 s later, by a time that each source has of its own.",
    values: "a cron expression with five fields, such as 30 6 * * 1-5",
    examples: ["30 6 * * 1-5"],
    ifOmitted: "`every`, or only when the source is refreshed",
  }),
  timezone: option(Short, asWritten, {
    meaning: "The time zone of `cron`.",
    values: "the name of a time zone, such as Europe/Madrid",
    examples: ["Europe/Madrid"],
    default: defaultTimezone,
  }),
})
type ScheduleOptions = typeof ScheduleOptions.Type

const complaintAbout = ({ cron, every, timezone }: ScheduleOptions): readonly [string, string] | null => {
  if (cron === undefined)
    return timezone === undefined ? null : ["timezone", "timezone is for cron, which is missing"]
  if (every !== undefined) return ["every", "every and cron exclude each other: omit one of them"]
  if (parseCron(cron, defaultTimezone) === null)
    return ["cron", "cron must be given once, as a cron expression with five fields, such as 30 6 * * 1-5"]
  return parseCron(cron, timezone ?? defaultTimezone) === null
    ? ["timezone", "timezone must be given once, as the name of a time zone, such as Europe/Madrid"]
    : null
}

/** Refuses schedules that make no sense. */
export const scheduleFits = Schema.makeFilter((options: ScheduleOptions) => {
  const complaint = complaintAbout(options)
  return complaint === null ? true : { path: [complaint[0]], issue: complaint[1] }
})

export const writtenSchedule = ({
  cron,
  every,
  timezone = defaultTimezone,
}: ScheduleOptions): WrittenSchedule => ({ cron: cron ?? null, every: every ?? null, timezone })
