const number = new Intl.NumberFormat("en")
const oneDecimal = new Intl.NumberFormat("en", { maximumFractionDigits: 1 })

export const formatCount = (count: number): string => number.format(count)

/** `1 row`, `2 rows`. */
export const counted = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`

const units = ["KiB", "MiB", "GiB", "TiB"] as const

export const formatBytes = (bytes: number): string => {
  if (bytes < 1024) return `${formatCount(bytes)} B`
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10))
  return `${oneDecimal.format(bytes / 1024 ** power)} ${units[power - 1] ?? "B"}`
}

export const formatSeconds = (seconds: number): string => {
  if (seconds < 60) return `${oneDecimal.format(seconds)} s`
  const whole = Math.round(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`
}
