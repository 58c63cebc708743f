import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** Receives a worker's heartbeat, once a second while its claim loop runs. */
export class Liveness extends Context.Service<Liveness, { readonly reportAlive: Effect.Effect<void> }>()(
  "sluice/Domain/Liveness",
) {}
