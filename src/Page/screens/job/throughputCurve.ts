import type { Job } from "../../client/jobs.ts"

type Points = Job["throughput"]

/** Seconds since the start of the attempt, and bytes per second before. */
export type Curve = [times: Array<number>, speeds: Array<number>]

/** The points after the start, each later than the one before. */
const laterPoints = (points: Points): Points => {
  let last = 0
  return points.filter(({ elapsedSeconds }) => {
    const isLater = elapsedSeconds > last
    if (isLater) last = elapsedSeconds
    return isLater
  })
}

/**
 * Joins a short last interval to the one before: its few bytes are not enough to tell a speed, and would be a false peak.
 *
 * @param points each later than the one before
 */
const withoutShortEnd = (points: Points): Points => {
  const [end, before, start] = [points.at(-1), points.at(-2), points.at(-3)]
  if (end === undefined || before === undefined) return points
  const last = end.elapsedSeconds - before.elapsedSeconds
  return last < (before.elapsedSeconds - (start?.elapsedSeconds ?? 0)) / 2
    ? [...points.slice(0, -2), end]
    : points
}

/** The speed between each two of the points. */
export const throughputCurve = (points: Points): Curve => {
  const times: Array<number> = []
  const speeds: Array<number> = []
  let start = { elapsedSeconds: 0, bytesReceived: 0 }
  for (const point of withoutShortEnd(laterPoints(points))) {
    times.push(point.elapsedSeconds)
    const seconds = point.elapsedSeconds - start.elapsedSeconds
    speeds.push(Math.max(0, point.bytesReceived - start.bytesReceived) / seconds)
    start = point
  }
  const [first] = speeds
  return first === undefined
    ? [[], []]
    : [
        [0, ...times],
        [first, ...speeds],
      ]
}
