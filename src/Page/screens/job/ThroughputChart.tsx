import { useEffect, useMemo, useRef } from "react"
import uPlot from "uplot"
import type { Job } from "../../client/jobs.ts"
import { useTheme } from "../../look/theme.ts"
import { bytes } from "../../format/numbers.ts"
import { duration } from "../../format/times.ts"
import { type Curve, throughputCurve } from "./throughputCurve.ts"
import "uplot/dist/uPlot.min.css"

const height = 170

/** Steps of the axis that are round in binary units. */
const binarySteps = Array.from({ length: 50 }, (_, power) => 2 ** power)

/** Steps of the time axis, in seconds. */
const timeSteps = [
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  ...[1, 2, 5, 10, 15, 30, 60, 120, 240, 480].map((minutes) => 60 * minutes),
]

const colour = (element: Element, name: string) => getComputedStyle(element).getPropertyValue(name).trim()

/** Canvas takes no `light-dark()`, so a style resolves it. */
const resolved = (element: HTMLElement, name: string): string => {
  element.style.color = `var(${name})`
  return colour(element, "color")
}

const Chart = ({ curve }: { readonly curve: Curve }) => {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const theme = useTheme()
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const accent = resolved(element, "--accent")
    const soft = resolved(element, "--accent-soft")
    const line = resolved(element, "--line")
    const muted = resolved(element, "--muted")
    const axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { show: false } }
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [8, 8, 0, 0],
        cursor: { y: false, drag: { setScale: false } },
        legend: { show: false },
        scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(max * 1.1, 1)] } },
        axes: [
          {
            ...axis,
            size: 28,
            incrs: timeSteps,
            values: (_, ticks) => ticks.map((tick) => duration(tick).replace(".0 s", " s")),
          },
          {
            ...axis,
            size: 84,
            incrs: binarySteps,
            values: (_, ticks) => ticks.map((tick) => `${bytes(tick)}/s`),
          },
        ],
        series: [{}, { stroke: accent, fill: soft, width: 1.5, points: { show: false } }],
      },
      curve,
      element,
    )
    plot.current = chart
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.destroy()
      plot.current = null
    }
    // The points come by `setData`; the theme changes the colours.
  }, [theme])
  useEffect(() => plot.current?.setData(curve), [curve])
  return <div ref={box} className="job-chart" />
}

/** The speed of the latest attempt over time. */
export const ThroughputChart = ({ points }: { readonly points: Job["throughput"] }) => {
  const curve = useMemo(() => throughputCurve(points), [points])
  const [times, speeds] = curve
  if (times.length < 3) return null
  const highest = Math.max(...speeds)
  return (
    <figure className="card stack">
      <h2>Throughput</h2>
      <Chart curve={curve} />
      <figcaption className="unseen">
        Bytes per second over {duration(times.at(-1) ?? 0)}; at most {bytes(highest)} per second.
      </figcaption>
    </figure>
  )
}
