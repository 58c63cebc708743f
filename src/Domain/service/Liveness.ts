import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** Where a worker shows, once a second, that its claim loop is alive. */
export class Liveness extends Context.Service<Liveness, { readonly beat: Effect.Effect<void> }>()(
  "sluice/Domain/Liveness",
) {}
