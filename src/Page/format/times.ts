const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })

const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const

/** How long ago a time was, or how far it is: `3 minutes ago`. */
export const ago = (time: string, now: number): string => {
  const seconds = (Date.parse(time) - now) / 1000
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? (["second", 1] as const)
  if (unit === "second" && Math.abs(seconds) < 10) return seconds > 1 ? "in a moment" : "just now"
  return relative.format(Math.trunc(seconds / size), unit)
}

/** A time for people, in their time zone. */
export const exactTime = (time: string): string => exact.format(new Date(time))

/** A duration: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export const duration = (seconds: number): string => {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** A time of ISO 8601, or in milliseconds since 1970. */
type Time = string | number

const millis = (time: Time): number => (typeof time === "string" ? Date.parse(time) : time)

/** Seconds between two times. */
export const secondsBetween = (start: Time, end: Time): number => (millis(end) - millis(start)) / 1000
