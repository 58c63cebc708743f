import { useId } from "react"
import type { ListedSource } from "../../client/sources.ts"

/** When a source runs, as the form has it. */
export interface WrittenSchedule {
  readonly kind: "every" | "cron" | "never"
  readonly every: string
  readonly cron: string
  readonly timezone: string
}

/** The fields of a request. */
export const scheduleForm = ({
  cron,
  every,
  kind,
  timezone,
}: WrittenSchedule): ReadonlyArray<readonly [string, string]> => {
  if (kind === "never") return []
  return kind === "every"
    ? [["every", every.trim()]]
    : [
        ["cron", cron.trim()],
        ["timezone", timezone.trim()],
      ]
}

/** The schedule of a new source in the form. */
export const newSchedule = (): WrittenSchedule => ({
  kind: "every",
  every: "1h",
  cron: "",
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
})

/** The same of a source that exists. */
export const writtenScheduleOf = ({ cron, every, timezone }: ListedSource): WrittenSchedule => {
  if (every !== null) return { ...newSchedule(), every }
  return cron === null
    ? { ...newSchedule(), kind: "never" }
    : { ...newSchedule(), kind: "cron", cron, timezone }
}

/** The fields of a request that changes the schedule of a source; none if it stays. */
export const scheduleChange = (
  source: ListedSource,
  schedule: WrittenSchedule,
): ReadonlyArray<readonly [string, string]> => {
  const before = scheduleForm(writtenScheduleOf(source))
  const after = scheduleForm(schedule)
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  return after.length > 0 ? after : [["unset", source.every === null ? "cron" : "every"]]
}

const kinds = [
  ["every", "At an interval"],
  ["cron", "At times"],
  ["never", "Only when refreshed"],
] as const

/** Chooses when a source runs. */
export const ScheduleFields = (props: {
  readonly schedule: WrittenSchedule
  readonly onChange: (schedule: WrittenSchedule) => void
}) => {
  const { onChange, schedule } = props
  const id = useId()
  const field = (name: "every" | "cron" | "timezone", label: string, placeholder: string, hint: string) => (
    <div className="field">
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input
        id={`${id}-${name}`}
        className="input mono"
        value={schedule[name]}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-${name}-hint`}
        onChange={({ target }) => onChange({ ...schedule, [name]: target.value })}
      />
      <p className="hint" id={`${id}-${name}-hint`}>
        {hint}
      </p>
    </div>
  )
  return (
    <fieldset className="stack">
      <legend>When to look for changes</legend>
      <div className="row">
        {kinds.map(([kind, label]) => (
          <label key={kind} className="row">
            <input
              type="radio"
              name={id}
              checked={schedule.kind === kind}
              onChange={() => onChange({ ...schedule, kind })}
            />
            {label}
          </label>
        ))}
      </div>
      {schedule.kind === "every"
        ? field(
            "every",
            "Interval",
            "15m",
            "A number of seconds, minutes, hours, days or weeks: 15m, 1 hour.",
          )
        : null}
      {schedule.kind === "cron" ? (
        <div className="source-cron">
          {field(
            "cron",
            "Cron expression",
            "30 6 * * 1-5",
            "Minute, hour, day of month, month, day of week.",
          )}
          {field("timezone", "Time zone", "Europe/Madrid", "The name of a time zone.")}
        </div>
      ) : null}
    </fieldset>
  )
}
