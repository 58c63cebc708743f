import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ServiceUnavailable } from "./ServiceUnavailable.ts"

/** A check of one dependency. */
export interface ReadinessCheck {
  /** Shown in the health response: `database`, `queue`. */
  readonly name: string
  /** Succeeds if the dependency works. Cheap and without side effects. */
  readonly check: Effect.Effect<void, ServiceUnavailable>
}

/** The checks that must succeed before this process can serve. The caller sets the timeout. */
export class Readiness extends Context.Service<
  Readiness,
  { readonly checks: ReadonlyArray<ReadinessCheck> }
>()("sluice/Domain/Readiness") {}
