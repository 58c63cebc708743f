import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

/** What this process knows of the others. The reaper counts them, for all that the processes of a fleet share. */
export class Fleet extends Context.Service<
  Fleet,
  {
    /** How many workers live and take jobs. */
    workers: number
  }
>()("sluice/Layers/liveness/Fleet") {
  static readonly layer = Layer.sync(Fleet, () => ({ workers: 1 }))
}
