const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 })

/** A count: `12,345`. */
export const count = (value: number): string => whole.format(value)

/** A count with its noun: `1 row`, `12 rows`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? "" : "s"}`

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const

/** A number of bytes in binary units: `1.5 MiB`. */
export const bytes = (value: number): string => {
  const power = value < 1024 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), units.length - 1)
  return `${short.format(value / 1024 ** power)} ${units[power]}`
}

/** `42.5 %` */
export const percent = (value: number): string => `${short.format(value)} %`
