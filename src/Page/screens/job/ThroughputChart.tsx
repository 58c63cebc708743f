import { useEffect, useMemo, useRef } from "react"
import uPlot from "uplot"
import type { Sample } from "../../client/tab/jobHistory.ts"
import { useTheme } from "../../look/theme.ts"
import { bytes } from "../../format/numbers.ts"
import { duration } from "../../format/times.ts"
import "uplot/dist/uPlot.min.css"

const height = 170

/** Steps of the axis that are round in binary units. */
const binarySteps = Array.from({ length: 50 }, (_, power) => 2 ** power)

/** Seconds from the first sample, and bytes per second between two samples of one attempt. */
type Curve = [times: Array<number>, speeds: Array<number | null>]

const curveOf = (samples: ReadonlyArray<Sample>): Curve => {
  const [first] = samples
  const times: Array<number> = []
  const speeds: Array<number | null> = []
  let last = first
  for (const sample of samples.slice(1)) {
    // Reports come once a second: a request between two of them sees the same.
    if (last === undefined || first === undefined || sample.at - last.at < 700) continue
    const isSame = sample.attempt === last.attempt && sample.bytes >= last.bytes
    times.push((sample.at - first.at) / 1000)
    speeds.push(isSame ? ((sample.bytes - last.bytes) / (sample.at - last.at)) * 1000 : null)
    last = sample
  }
  return [times, speeds]
}

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
    // The samples come by `setData`; the theme changes the colours.
  }, [theme])
  useEffect(() => plot.current?.setData(curve), [curve])
  return <div ref={box} className="job-chart" />
}

/** The speed over time, as far as this tab has watched the job. */
export const ThroughputChart = ({ samples }: { readonly samples: ReadonlyArray<Sample> }) => {
  const curve = useMemo(() => curveOf(samples), [samples])
  const [times, speeds] = curve
  if (times.length < 2) return null
  const highest = Math.max(...speeds.map((speed) => speed ?? 0))
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
