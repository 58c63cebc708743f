import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

/** A load that takes turns. */
interface Holder {
  /** Ends its turn if it waits for its source, unless the next chunk arrives soon. */
  readonly leaveIfWaiting: Effect.Effect<void>
}

/** A fixed number of turns, and the loads that queue for them. */
export class TurnQueue {
  readonly #queued = new Set<{ readonly since: number }>()
  readonly #turns: number
  readonly #free: Semaphore.Semaphore
  readonly #holders = new Set<Holder>()

  readonly #now: () => number

  /** @param now the time in milliseconds */
  constructor(turns: number, now: () => number) {
    this.#turns = turns
    this.#free = Semaphore.makeUnsafe(turns)
    this.#now = now
  }

  /** Loads that wait for a turn. */
  get length(): number {
    return this.#queued.size
  }

  /** Milliseconds for which the first of them has waited; 0 if there is none. */
  get longestWait(): number {
    for (const { since } of this.#queued) return this.#now() - since
    return 0
  }

  has(load: Holder): boolean {
    return this.#holders.has(load)
  }

  /** Waits for a turn. If none is free, loads that wait for their sources leave theirs. */
  readonly take = (load: Holder): Effect.Effect<void> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const isFree = this.#holders.size + this.#queued.size < this.#turns
        const queued = { since: this.#now() }
        this.#queued.add(queued)
        return Effect.forEach(
          isFree ? [] : this.#holders,
          ({ leaveIfWaiting }) => Effect.forkChild(leaveIfWaiting),
          { discard: true },
        ).pipe(
          Effect.andThen(restore(this.#free.take(1))),
          Effect.tap(() => Effect.sync(() => this.#holders.add(load))),
          Effect.ensuring(Effect.sync(() => this.#queued.delete(queued))),
        )
      }),
    )

  /** Ends the load's turn, if it has one. */
  readonly release = (load: Holder): Effect.Effect<void> =>
    Effect.suspend(() => (this.#holders.delete(load) ? Effect.asVoid(this.#free.release(1)) : Effect.void))
}
