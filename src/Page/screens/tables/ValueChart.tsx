import type { TableColumn } from "../../client/tables.ts"
import { percent } from "../../format/numbers.ts"
import { shorten } from "../../format/shorten.ts"
import { histogramBars } from "./histogramBars.ts"

type Statistics = NonNullable<TableColumn["statistics"]>

const width = 160
const height = 32
const shownValues = 3

/** How often a column has which values: its most frequent ones, and how the others are distributed. */
export const ValueChart = (props: {
  readonly statistics: Statistics
  /** Of the column. */
  readonly type: string
  /** Rows that the statistics are of. */
  readonly total: number
}) => {
  const { statistics, total, type } = props
  const { common, histogram } = statistics
  const bars = histogramBars(type, histogram, 1 / width)
  return (
    <div className="value-chart">
      {bars === null ? null : (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Distribution from ${histogram[0]} to ${histogram.at(-1)}`}
        >
          {bars.map((bar, index) => (
            <rect
              key={index}
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
