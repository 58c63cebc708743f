import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import type { Scope } from "effect/Scope"
import { Caller, type CallerId } from "../../Domain/service/Caller.ts"
import { LimitReached, type LimitName, type LimitScope } from "../../Domain/service/Limits.ts"

/** A waiting request costs a socket and some kilobytes. */
const maxWaiting = { caller: 1000, total: 5000 }

interface Held {
  readonly limit: LimitName
  readonly caller: number
  readonly total: number
  /** Seconds. */
  readonly retryAfter: number
}

const kinds = {
  /** A stream of events costs about 150 KiB. */
  stream: { limit: "event_streams", caller: 600, total: 2000, retryAfter: 10 },
  // Reads of tables, and exports, have four connections each in one process: one caller leaves some of them to others.
  read: { limit: "table_reads", caller: 3, total: 100, retryAfter: 1 },
  export: { limit: "exports", caller: 2, total: 16, retryAfter: 10 },
} as const satisfies Readonly<Record<string, Held>>

type Kind = keyof typeof kinds

/** Counts requests until their scopes close. Returns who has too many, if someone does. */
const counter = (most: Pick<Held, LimitScope>) => {
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
      if ((heldBy.get(caller) ?? 0) >= most.caller) return Effect.succeed("caller" as const)
      if (total >= most.total) return Effect.succeed("total" as const)
      return Effect.acquireRelease(
        Effect.sync(() => {
          count(caller, 1)
          return null
        }),
        () => Effect.sync(() => count(caller, -1)),
      )
    })
}

/** Requests whose responses take long: they wait for events, or read many rows. */
export class HeldRequests extends Context.Service<
  HeldRequests,
  {
    /**
     * Waits, but not if too many requests of the caller or this process wait. Ends when the API stops, so that the client gets
     * its response and can ask another replica.
     */
    readonly hold: <A, E, R>(caller: CallerId, wait: Effect.Effect<A, E, R>) => Effect.Effect<void, E, R>
    /** Counts a request until its scope closes, at the end of its response. Fails if the caller or the process has too many. */
    readonly enter: (kind: Kind) => Effect.Effect<void, LimitReached, Caller | Scope>
    /** Waits until the API stops. */
    readonly stopped: Effect.Effect<void>
    /** Ends all waits, and all to come. */
    readonly release: Effect.Effect<void>
  }
>()("sluice/Api/http/HeldRequests") {
  static readonly layer = Layer.sync(HeldRequests, () => {
    const stopping = Latch.makeUnsafe(false)
    const enterWait = counter(maxWaiting)
    const counters = Record.map(kinds, counter)
    return HeldRequests.of({
      hold: (caller, wait) =>
        Effect.scoped(
          Effect.flatMap(enterWait(caller), (full) =>
            full === null ? Effect.asVoid(Effect.raceFirst(wait, stopping.await)) : Effect.void,
          ),
        ),
      enter: Effect.fnUntraced(function* (kind) {
        const full = yield* counters[kind]((yield* Caller).id)
        const { limit, retryAfter } = kinds[kind]
        if (full !== null) return yield* new LimitReached({ limit, scope: full, retryAfter })
      }),
      stopped: stopping.await,
      release: Effect.asVoid(stopping.open),
    })
  })

  /** Merge it with the server: its finalizer runs while the server waits for running requests. */
  static readonly layerReleasedAtStop = Layer.effectDiscard(
    HeldRequests.use(({ release }) => Effect.addFinalizer(() => release)),
  )
}
