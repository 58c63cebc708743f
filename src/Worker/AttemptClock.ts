import * as Effect from "effect/Effect"
import type { AttemptTimeline, MeasuredAttempt } from "../Domain/job/attempts/AttemptTimeline.ts"
import type { AttemptPhase } from "../Domain/job/attempts/JobAttempt.ts"
import { maxPoints, type Throughput } from "../Domain/job/attempts/Throughput.ts"
import type { ProgressCounter } from "./ProgressCounter.ts"

/** Seconds between the first points. */
const firstInterval = 1

const toSeconds = (millis: number): number => Math.round(millis) / 1000

/** Measures an attempt: its phases, and how fast it was. */
export class AttemptClock {
  /** How long the attempt waited for its start, in seconds. */
  secondsWaited = 0
  readonly #now: () => number
  readonly #progress: ProgressCounter
  readonly #startedAt: number
  readonly #phases: Array<{ readonly phase: AttemptPhase; readonly since: number }>
  #endedAt: number | null = null
  /** All after the same time, which doubles when there are too many. */
  #points: Throughput = []
  #interval = firstInterval

  /** @param now in milliseconds */
  constructor(now: () => number, progress: ProgressCounter) {
    this.#now = now
    this.#progress = progress
    this.#startedAt = now()
    this.#phases = [{ phase: "opening", since: this.#startedAt }]
  }

  /** The load has ended. What follows is not measured. */
  end(): void {
    this.#endedAt ??= this.#now()
  }

  /** Time in these phases in milliseconds. */
  millisIn(...phases: ReadonlyArray<AttemptPhase>): number {
    return this.#lasted
      .filter(({ phase }) => phases.includes(phase))
      .reduce((sum, { millis }) => sum + millis, 0)
  }

  /** What it has done since its start. The throughput is absent if it is as at the last call. */
  report(): Partial<MeasuredAttempt> {
    const phases = this.#measured
    const point = this.#point
    const isDue = point.elapsedSeconds >= (this.#points.at(-1)?.elapsedSeconds ?? 0) + this.#interval
    if (!isDue) return { phases }
    this.#points = [...this.#points, point]
    // One more is added at the end.
    if (this.#points.length >= maxPoints) {
      this.#points = this.#points.filter((_, index) => index % 2 === 1)
      this.#interval *= 2
    }
    return { phases, throughput: this.#points }
  }

  readonly timeline: typeof AttemptTimeline.Service = {
    enter: (phase) =>
      Effect.sync(() => {
        if (this.#phases.at(-1)?.phase !== phase) this.#phases.push({ phase, since: this.#now() })
      }),
    measure: Effect.sync(() => ({ phases: this.#measured, throughput: [...this.#points, this.#point] })),
  }

  get #end(): number {
    return this.#endedAt ?? this.#now()
  }

  get #point(): Throughput[number] {
    const { bytesReceived, rowsLoaded } = this.#progress
    return {
      elapsedSeconds: toSeconds(this.#end - this.#startedAt),
      bytesReceived: Math.trunc(bytesReceived),
      rowsLoaded,
    }
  }

  get #lasted(): ReadonlyArray<{ readonly phase: AttemptPhase; readonly millis: number }> {
    return this.#phases.map(({ phase, since }, index) => ({
      phase,
      millis: (this.#phases[index + 1]?.since ?? this.#end) - since,
    }))
  }

  get #measured(): MeasuredAttempt["phases"] {
    const waited = { phase: "waiting", seconds: toSeconds(this.secondsWaited * 1000) } as const
    return [waited, ...this.#lasted.map(({ millis, phase }) => ({ phase, seconds: toSeconds(millis) }))]
  }
}
