import type { TableColumn } from "../../client/tables.ts"
import { percent } from "../../format/numbers.ts"
import { shorten } from "../../format/shorten.ts"

type Statistics = NonNullable<TableColumn["statistics"]>

const width = 160
const height = 32
const shownValues = 3

/** A bound as a place on an axis: a number or a time; `null` for a text. */
const placeOf = (value: string): number | null => {
  const number = value.trim() === "" ? Number.NaN : Number(value)
  if (Number.isFinite(number)) return number
  const time = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isFinite(time) ? time : null
}

interface Bar {
  readonly from: number
  readonly to: number
  readonly height: number
}

/** Bars of one area each, between the bounds; `null` if the bounds are no numbers or times. */
const barsOf = (bounds: ReadonlyArray<string>): ReadonlyArray<Bar> | null => {
  const places = bounds.flatMap((bound) => placeOf(bound) ?? [])
  const first = places[0] ?? 0
  const span = (places.at(-1) ?? 0) - first
  if (places.length !== bounds.length || places.length < 3 || span <= 0) return null
  const least = span / width
  const bars = places.slice(1).map((place, index) => {
    const before = places[index] ?? place
    return {
      from: (before - first) / span,
      to: (place - first) / span,
      height: 1 / Math.max(place - before, least),
    }
  })
  const highest = Math.max(...bars.map(({ height }) => height))
  return bars.map(({ from, height, to }) => ({ from, to, height: height / highest }))
}

/** How often a column has which values: its most frequent ones, and how the others are distributed. */
export const ValueChart = (props: {
  readonly statistics: Statistics
  /** Rows that the statistics are of. */
  readonly total: number
}) => {
  const { statistics, total } = props
  const { common, histogram } = statistics
  const bars = barsOf(histogram)
  return (
    <div className="value-chart">
      {bars === null ? null : (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Distribution from ${histogram[0]} to ${histogram.at(-1)}`}
        >
          {bars.map((bar) => (
            <rect
              key={bar.from}
              x={bar.from * width}
              width={Math.max(1, (bar.to - bar.from) * width - 0.5)}
              y={height - Math.max(1, bar.height * height)}
              height={Math.max(1, bar.height * height)}
            />
          ))}
        </svg>
      )}
      {total === 0 ? null : (
        <ul>
          {common.slice(0, shownValues).map(({ rows, value }) => (
            <li key={value} title={value}>
              <span className="share" style={{ width: `${Math.min(100, (100 * rows) / total)}%` }} />
              <span className="mono">{value === "" ? "empty" : shorten(value, 20)}</span>
              <span className="muted">{percent((100 * rows) / total)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
