import { isNumberType, isTimeType } from "../../format/columnTypes.ts"

/** A bar of a histogram. All its parts are shares of the whole. */
interface Bar {
  readonly from: number
  readonly to: number
  readonly height: number
}

/** Milliseconds of a date or time as Postgres writes it. Without a zone it is taken as UTC, so that no clock change reorders times. */
const millisecondsOf = (value: string): number => {
  const [first = "", second] = value.split(" ")
  const [date, time] =
    second !== undefined ? [first, second] : first.includes(":") ? ["1970-01-01", first] : [first, "00:00"]
  const zone = /[+-]\d\d$/.test(time) ? ":00" : /[+-]\d\d:\d\d$/.test(time) ? "" : "Z"
  return Date.parse(`${date}T${time}${zone}`)
}

/** A bound as a place on an axis; `NaN` if it has none, such as infinity. */
const placeOf = (type: string, value: string): number => {
  if (isTimeType(type)) return millisecondsOf(value)
  const number = isNumberType(type) && value !== "" ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : Number.NaN
}

/**
 * Bars of one area each, between the bounds of a column's groups; `null` if its values are not numbers, dates or times, whose distances
 * mean something.
 *
 * @param leastWidth of a bar
 */
export const histogramBars = (
  type: string,
  bounds: ReadonlyArray<string>,
  leastWidth: number,
): ReadonlyArray<Bar> | null => {
  const places = bounds.map((bound) => placeOf(type, bound))
  const first = places[0] ?? 0
  const span = (places.at(-1) ?? 0) - first
  const grows = places.every((place, index) => place >= (places[index - 1] ?? place))
  if (places.length < 3 || !grows || !(span > 0) || !Number.isFinite(span)) return null
  const bars = places.slice(1).map((place, index) => {
    const from = ((places[index] ?? place) - first) / span
    const to = (place - first) / span
    return { from, to, height: 1 / Math.max(to - from, leastWidth) }
  })
  const highest = Math.max(...bars.map(({ height }) => height))
  return bars.map(({ from, height, to }) => ({ from, to, height: height / highest }))
}
