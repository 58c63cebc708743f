import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

/**
 * The databases for tables besides the queue's that respond, by their names as jobs record them. A worker claims no jobs of the others: an
 * attempt of one would fail.
 */
export class RespondingTargets extends Context.Service<RespondingTargets, { readonly names: Set<string> }>()(
  "sluice/Layers/liveness/RespondingTargets",
) {
  static readonly layer = Layer.sync(RespondingTargets, () => ({ names: new Set<string>() }))
}
