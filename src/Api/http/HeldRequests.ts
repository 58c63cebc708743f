import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type { CallerId } from "../../Domain/service/Caller.ts"

/** A held request costs a socket and some kilobytes. */
const maxHeld = { perCaller: 1000, total: 5000 }

/** Requests whose response waits for an event. */
export class HeldRequests extends Context.Service<
  HeldRequests,
  {
    /**
     * Waits, but not if the caller or this process holds too many requests. Ends when the API stops, so that the client gets
     * its response and can ask another replica.
     */
    readonly hold: <A, E, R>(caller: CallerId, wait: Effect.Effect<A, E, R>) => Effect.Effect<void, E, R>
    /** Ends all waits, and all to come. */
    readonly release: Effect.Effect<void>
  }
>()("sluice/Api/http/HeldRequests") {
  static readonly layer = Layer.sync(HeldRequests, () => {
    const stopping = Latch.makeUnsafe(false)
    const heldBy = new Map<CallerId, number>()
    let total = 0
    const count = (caller: CallerId, change: number) => {
      total += change
      const held = (heldBy.get(caller) ?? 0) + change
      if (held === 0) heldBy.delete(caller)
      else heldBy.set(caller, held)
    }
    return HeldRequests.of({
      hold: (caller, wait) =>
        Effect.suspend(() => {
          if (total >= maxHeld.total || (heldBy.get(caller) ?? 0) >= maxHeld.perCaller) return Effect.void
          return Effect.acquireUseRelease(
            Effect.sync(() => count(caller, 1)),
            () => Effect.asVoid(Effect.raceFirst(wait, stopping.await)),
            () => Effect.sync(() => count(caller, -1)),
          )
        }),
      release: Effect.asVoid(stopping.open),
    })
  })

  /** Merge it with the server: its finalizer runs while the server waits for running requests. */
  static readonly layerReleasedAtStop = Layer.effectDiscard(
    HeldRequests.use(({ release }) => Effect.addFinalizer(() => release)),
  )
}
