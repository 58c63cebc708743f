import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { TurnQueue } from "./TurnQueue.ts"

/** A load is small up to this many bytes of its file, decompressed. */
const smallUpTo = 64 * 1024

/** A load is long after this many bytes. Up to there it collects a sample, from which it detects the format in its turn. */
const longFrom = 1024 * 1024

/** Milliseconds for which a long load keeps its turn while others queue. */
const slice = 250

/** Milliseconds. A load that has once waited for its source for this time no longer counts as starting. */
const startingTime = 20

/** Two turns of the event loop: a chunk that has already reached this machine is read within them. */
const shortArrival = Effect.andThen(Effect.yieldNow, Effect.yieldNow)

/** Long loads keep their turns while their sources pause this shortly, so that they read what arrives at once. */
const longArrival = Effect.sleep("10 millis")

type Chunks = Stream.Stream<Uint8Array, LoadError>

/** Makes each chunk of the current load's source wait for the load's turn. By default, it is always its turn. */
export const InTurn = Context.Reference<(chunks: Chunks) => Chunks>("sluice/Worker/InTurn", {
  defaultValue: () => (chunks) => chunks,
})

/** The turns of the loads of a worker. */
export interface Turns {
  readonly small: TurnQueue
  readonly short: TurnQueue
  readonly long: TurnQueue
  /** Milliseconds. */
  readonly now: () => number
  /** Runs when a load becomes a long one. */
  readonly onLong: Effect.Effect<unknown>
}

/** A running load: it has a turn while it works, and needs none while it waits for its source. */
export class LoadTurn {
  readonly #turns: Turns
  #queue: TurnQueue
  #received = 0
  #heldSince = 0
  /** The current wait for the source; `null` while the load works or queues. */
  #wait: { readonly since: number } | null
  #wasSlow = false
  /** Milliseconds that the last chunk took to arrive. */
  #lastWait = 0

  /** At first, the load waits for the response of its source. */
  constructor(turns: Turns) {
    this.#turns = turns
    this.#queue = turns.small
    this.#wait = { since: turns.now() }
  }

  /** Whether the load is a short one so far and has not waited for a slow source. */
  get isStarting(): boolean {
    return !this.#isLong && !this.#isSlow
  }

  get #isLong(): boolean {
    return this.#queue === this.#turns.long
  }

  get #isSlow(): boolean {
    this.#wasSlow ||= this.#wait !== null && this.#turns.now() - this.#wait.since >= startingTime
    return this.#wasSlow
  }

  readonly inTurn = (chunks: Chunks): Chunks =>
    Stream.transformPull(chunks, (pull) =>
      Effect.succeed(
        Effect.andThen(this.#beginWait, pull).pipe(
          Effect.tap((some) => {
            for (const chunk of some) this.#received += chunk.length
            return this.#endWait
          }),
          Effect.tapError((end) => (Cause.isDone(end) ? this.#endSource : Effect.void)),
        ),
      ),
    )

  readonly end: Effect.Effect<void> = Effect.suspend(() => this.#queue.release(this))

  /**
   * If others queue, the turn ends with its time, or when the next chunk does not arrive at once. That of a slow source ends in any
   * case: the turns of many such loads would pass with waiting, and each chunk would have to ask for one.
   */
  readonly #beginWait: Effect.Effect<void> = Effect.suspend(() => {
    const queue = this.#queue
    const wait = { since: this.#turns.now() }
    this.#wait = wait
    if (!queue.has(this)) return Effect.void
    const isLong = this.#isLong
    if (isLong && this.#lastWait >= startingTime) return queue.release(this)
    if (queue.length === 0) return Effect.void
    if (isLong && wait.since - this.#heldSince >= slice) return queue.release(this)
    return Effect.asVoid(Effect.forkChild(this.leaveIfWaiting))
  })

  readonly leaveIfWaiting: Effect.Effect<void> = Effect.suspend(() => {
    const wait = this.#wait
    if (wait === null) return Effect.void
    const queue = this.#queue
    return Effect.andThen(
      this.#isLong ? longArrival : shortArrival,
      Effect.suspend(() => (this.#wait === wait ? queue.release(this) : Effect.void)),
    )
  })

  readonly #endWait: Effect.Effect<void> = Effect.suspend(() => {
    this.#wasSlow = this.#isSlow
    this.#lastWait = this.#wait === null ? 0 : this.#turns.now() - this.#wait.since
    this.#wait = null
    const { long, onLong, short, small } = this.#turns
    const queue = this.#received > longFrom ? long : this.#received > smallUpTo ? short : small
    const before = this.#queue
    if (queue === before) return queue.has(this) ? Effect.void : this.#take
    this.#queue = queue
    return Effect.andThen(
      Effect.andThen(before.release(this), queue === long ? onLong : Effect.void),
      this.#take,
    )
  })

  /** After its last chunk, a long load waits for Postgres: for the statistics and for the disk. */
  readonly #endSource: Effect.Effect<void> = Effect.suspend(() => {
    if (!this.#isLong) return this.#endWait
    this.#wait = null
    return this.#queue.release(this)
  })

  get #take(): Effect.Effect<void> {
    return Effect.tap(this.#queue.take(this), () => {
      this.#heldSince = this.#turns.now()
      return Effect.void
    })
  }
}
