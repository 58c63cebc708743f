import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

export const Progress = Schema.Struct({
  bytesReceived: Schema.Natural.annotate({
    description: "Bytes received so far of all files of the job, as the source sent them.",
  }),
  bytesTotal: Schema.NullOr(Schema.Natural).annotate({
    description:
      "Size of all files in bytes; null if the source does not declare it, and until the last of several files is read.",
  }),
  rowsLoaded: Schema.Natural.annotate({
    description: "Rows sent to Postgres. They become visible, all at once, when the job completes.",
  }),
  rowsRejected: Schema.Natural.annotate({ description: "Records that could not be loaded." }),
  file: Schema.NullOr(Schema.Natural).annotate({
    description:
      "If the job has several files, the number of the one that is read, from 1; null before the first one, and if the job has one file.",
  }),
  resumes: Schema.Natural.annotate({
    description: "How often the latest attempt resumed a broken download.",
  }),
  percent: Schema.NullOr(Schema.Finite).annotate({
    description: "Share of the bytes received, 0 to 100; null while the size is unknown.",
  }),
  bytesPerSecond: Schema.NullOr(Schema.Finite).annotate({
    description:
      "Speed of the latest attempt: while it runs, an average in which the last ten seconds count most; then its mean. null before its first report.",
  }),
  etaSeconds: Schema.NullOr(Schema.Finite).annotate({
    description: "Seconds left at that speed; null if unknown or not running.",
  }),
}).annotate({ identifier: "Progress", description: "Updated about once a second while the job runs." })
export type Progress = typeof Progress.Type

/** The counters that a progress is computed from. */
export type Counters = Omit<Progress, "percent" | "bytesPerSecond" | "etaSeconds">

export const noCounters: Counters = {
  bytesReceived: 0,
  bytesTotal: null,
  rowsLoaded: 0,
  rowsRejected: 0,
  file: null,
  resumes: 0,
}

/** Workers report the progress of running jobs this often. */
export const progressInterval = Duration.seconds(1)

/** The time constant of the moving average of the speed: older bytes count for less than 37 %. */
export const speedWindow = Duration.seconds(10)

/**
 * @param elapsedSeconds from the start of the attempt to the reading of the counters, or `null`
 * @param isRunning whether to estimate the time left
 * @param recentSpeed moving average in bytes per second, if there is one
 */
export const fromCounters = (
  counters: Counters,
  elapsedSeconds: number | null,
  isRunning: boolean,
  recentSpeed: number | null = null,
): Progress => {
  const { bytesReceived, bytesTotal } = counters
  const mean = elapsedSeconds !== null && elapsedSeconds > 0 ? bytesReceived / elapsedSeconds : null
  const speed = isRunning && mean !== null ? (recentSpeed ?? mean) : mean
  // Rounded down, so that it reaches 100 only with the last byte.
  const percent =
    bytesTotal === null
      ? null
      : bytesReceived >= bytesTotal
        ? 100
        : Math.floor((bytesReceived * 1000) / bytesTotal) / 10
  const left = bytesTotal === null ? null : Math.max(0, bytesTotal - bytesReceived)
  return {
    ...counters,
    percent,
    bytesPerSecond: speed === null ? null : Math.round(speed),
    etaSeconds:
      !isRunning || left === null || speed === null || speed === 0 ? null : Number((left / speed).toFixed(1)),
  }
}
