/** A job of a simulation. */
export interface SimulatedJob {
  /** The number of its caller. */
  readonly caller: number
  /** When it is posted, in seconds. */
  readonly at: number
  /** Size of its file. */
  readonly bytes: number
  /** Bytes per second that its source sends. */
  readonly rate: number
}
