import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import type { CallerId } from "../../Domain/service/Caller.ts"
import type { LimitScope } from "../../Domain/service/Limits.ts"

/** A waiting request costs a socket and some kilobytes, and a stream about 150 KiB. */
const maxHeld = { wait: { caller: 1000, total: 5000 }, stream: { caller: 600, total: 2000 } }

type Kind = keyof typeof maxHeld

/** Counts requests of a kind until their scopes close. Returns who has too many, if someone does. */
const counter = (kind: Kind) => {
  const heldBy = new Map<CallerId, number>()
  let total = 0
  const count = (caller: CallerId, change: number) => {
    total += change
    const held = (heldBy.get(caller) ?? 0) + change
    if (held === 0) heldBy.delete(caller)
    else heldBy.set(caller, held)
  }
  return (caller: CallerId) =>
    Effect.suspend(() => {
      if ((heldBy.get(caller) ?? 0) >= maxHeld[kind].caller) return Effect.succeed("caller" as const)
      if (total >= maxHeld[kind].total) return Effect.succeed("total" as const)
      return Effect.acquireRelease(
        Effect.sync(() => {
          count(caller, 1)
          return null
        }),
        () => Effect.sync(() => count(caller, -1)),
      )
    })
}

/** Requests whose response waits for events: those with `wait`, and streams of events. */
export class HeldRequests extends Context.Service<
  HeldRequests,
  {
    /**
     * Waits, but not if too many requests of the caller or this process wait. Ends when the API stops, so that the client gets
     * its response and can ask another replica.
     */
    readonly hold: <A, E, R>(caller: CallerId, wait: Effect.Effect<A, E, R>) => Effect.Effect<void, E, R>
    /** Counts a stream until the scope closes. Returns who has too many streams, if someone does. */
    readonly enter: (caller: CallerId) => Effect.Effect<LimitScope | null, never, Scope>
    /** Waits until the API stops. */
    readonly stopped: Effect.Effect<void>
    /** Ends all waits, and all to come. */
    readonly release: Effect.Effect<void>
  }
>()("sluice/Api/http/HeldRequests") {
  static readonly layer = Layer.sync(HeldRequests, () => {
    const stopping = Latch.makeUnsafe(false)
    const enterWait = counter("wait")
    return HeldRequests.of({
      hold: (caller, wait) =>
        Effect.scoped(
          Effect.flatMap(enterWait(caller), (full) =>
            full === null ? Effect.asVoid(Effect.raceFirst(wait, stopping.await)) : Effect.void,
          ),
        ),
      enter: counter("stream"),
      stopped: stopping.await,
      release: Effect.asVoid(stopping.open),
    })
  })

  /** Merge it with the server: its finalizer runs while the server waits for running requests. */
  static readonly layerReleasedAtStop = Layer.effectDiscard(
    HeldRequests.use(({ release }) => Effect.addFinalizer(() => release)),
  )
}
