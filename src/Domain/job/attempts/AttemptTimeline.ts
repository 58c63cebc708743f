import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { AttemptPhase } from "./JobAttempt.ts"
import type { Throughput } from "./Throughput.ts"

/** What an attempt has done so far. */
export interface MeasuredAttempt {
  /** In order; the last one until now. */
  readonly phases: ReadonlyArray<{ readonly phase: AttemptPhase; readonly seconds: number }>
  readonly throughput: Throughput
}

/** Measures the current attempt. */
export const AttemptTimeline = Context.Reference<{
  /** From now on, the attempt is in this phase. */
  readonly enter: (phase: AttemptPhase) => Effect.Effect<void>
  /** What it has done if it ends now. */
  readonly measure: Effect.Effect<MeasuredAttempt>
}>("sluice/Domain/AttemptTimeline", {
  defaultValue: () => ({
    enter: () => Effect.void,
    measure: Effect.succeed({ phases: [], throughput: [] }),
  }),
})

/** From now on, the current attempt is in this phase. */
export const enterPhase = (phase: AttemptPhase): Effect.Effect<void> =>
  Effect.flatMap(AttemptTimeline, ({ enter }) => enter(phase))
