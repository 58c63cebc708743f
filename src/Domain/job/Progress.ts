import * as Schema from "effect/Schema"

/** The progress of a job as last reported by its worker, once a second while it runs. */
export const Progress = Schema.Struct({
  /** Bytes of the file received so far, as sent by the source. */
  bytesReceived: Schema.Natural,
  /** The file's size in bytes, if the source declares it. */
  bytesTotal: Schema.NullOr(Schema.Natural),
  /** Rows sent to the table. They become visible all at once, when the job completes. */
  rowsLoaded: Schema.Natural,
  /** Number of rejects. */
  rowsRejected: Schema.Natural,
  /** How often the attempt's download broke off and was resumed. */
  resumes: Schema.Natural,
  /** 0 to 100, of the file's bytes; `null` if the size is unknown. */
  percent: Schema.NullOr(Schema.Finite),
  /** Average speed of this attempt; `null` before the first report. */
  bytesPerSecond: Schema.NullOr(Schema.Finite),
  /** Seconds left at that speed; `null` if unknown or not running. */
  etaSeconds: Schema.NullOr(Schema.Finite),
})
export type Progress = typeof Progress.Type

/** The counters that a progress is computed from. */
export interface Counters {
  readonly bytesReceived: number
  readonly bytesTotal: number | null
  readonly rowsLoaded: number
  readonly rowsRejected: number
  readonly resumes: number
}

export const noCounters: Counters = {
  bytesReceived: 0,
  bytesTotal: null,
  rowsLoaded: 0,
  rowsRejected: 0,
  resumes: 0,
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

/**
 * @param elapsedSeconds from the start of the attempt to the reading of the counters, or `null`
 * @param isRunning whether to estimate the time left
 */
export const fromCounters = (
  counters: Counters,
  elapsedSeconds: number | null,
  isRunning: boolean,
): Progress => {
  const { bytesReceived, bytesTotal } = counters
  const speed = elapsedSeconds !== null && elapsedSeconds > 0 ? bytesReceived / elapsedSeconds : null
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
      !isRunning || left === null || speed === null || speed === 0 ? null : rounded(left / speed, 1),
  }
}
