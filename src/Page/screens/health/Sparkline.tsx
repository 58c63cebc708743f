const width = 100
const height = 24

/** A small curve beside the figure that it is of, so that it needs no words. */
export const Sparkline = ({ values }: { readonly values: ReadonlyArray<number> }) => {
  const highest = Math.max(...values, 1)
  const points = values.map((value, index) => {
    const x = values.length < 2 ? width : (index / (values.length - 1)) * width
    return `${x.toFixed(1)},${(height - 1 - (value / highest) * (height - 2)).toFixed(1)}`
  })
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points={points.join(" ")} fill="none" vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
