import * as Schema from "effect/Schema"

/** How far a job is, as its worker last reported it (once a second while it runs). */
export const Progress = Schema.Struct({
  /** Bytes of the file received so far, as sent by the source. */
  bytesReceived: Schema.Natural,
  /** The file's size in bytes when the source declares it. */
  bytesTotal: Schema.NullOr(Schema.Natural),
  /** Records handed to the table; all of them visible when the job completes, none before. */
  rowsLoaded: Schema.Natural,
  /** Records that could not be loaded. */
  rowsRejected: Schema.Natural,
  /** How often the attempt's download broke off and was taken up again where it had. */
  resumes: Schema.Natural,
  /** 0 to 100, of the bytes; `null` when the size is unknown. */
  percent: Schema.NullOr(Schema.Finite),
  /** Mean speed of this attempt; `null` before the first report. */
  bytesPerSecond: Schema.NullOr(Schema.Finite),
  /** Seconds left at that speed; `null` when unknown or not running. */
  etaSeconds: Schema.NullOr(Schema.Finite),
})
export type Progress = typeof Progress.Type

/** The counters from which a progress is drawn. */
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
 * @param elapsedSeconds how long this attempt has been running when the counters were read, or `null`
 * @param isRunning whether there is anything left to wait for
 */
export const fromCounters = (
  counters: Counters,
  elapsedSeconds: number | null,
  isRunning: boolean,
): Progress => {
  const { bytesReceived, bytesTotal } = counters
  const speed = elapsedSeconds !== null && elapsedSeconds > 0 ? bytesReceived / elapsedSeconds : null
  // Rounded down: 100 is for the last byte.
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
