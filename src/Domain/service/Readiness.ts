import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ServiceUnavailable } from "./ServiceUnavailable.ts"

/** One thing the service cannot work without. */
export interface ReadinessCheck {
  /** Shown to whoever asks for the service's health: `database`, `queue`. */
  readonly name: string
  /** Succeeds when it answers. Cheap, and without effect on what it asks. */
  readonly check: Effect.Effect<void, ServiceUnavailable>
}

/** What must answer before this process can serve. The asker sets the time limit. */
export class Readiness extends Context.Service<
  Readiness,
  { readonly checks: ReadonlyArray<ReadinessCheck> }
>()("sluice/Domain/Readiness") {}
