import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { carriageReturn, lineFeed, space } from "../../Bytes/Ascii.ts"
import type { NextChunk } from "../../Bytes/NextChunk.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"

/**
 * Time for sampling, from the first byte. A slow source may take minutes to send a whole sample, and its user should
 * see columns and rows before that.
 */
const samplingTime = Duration.toNanosUnsafe(Duration.seconds(1))

/**
 * Time for sampling if fewer than `enoughLines` have arrived. Servers write a title and a header at once and then run a
 * query, and the first records after such a pause decide what is the header.
 */
const longSamplingTime = Duration.toNanosUnsafe(Duration.seconds(5))

/** Lines that are not blank. */
const enoughLines = 10

/** Lines that are not blank without which sampling does not end: nothing can be detected from less. */
const minLines = 2

/** The warning that the format was decided when `bytes` of a slow source had arrived. */
export const decidedEarly = (bytes: number): LoadWarning =>
  loadWarning(
    "decided_early",
    `The source is slow: only ${bytes} bytes arrived in time to decide the encoding, the delimiter, the quotes and the ` +
      "header. If the table looks wrong, give encoding, delimiter, quote, header or skipLines.",
  )

/** Returned instead of a chunk when the time for sampling is over. */
export const late = Symbol("late")

/** The chunks of a file, which can be awaited without a limit or until the time for sampling is over. */
export interface SampledChunks {
  readonly next: NextChunk
  /** A chunk that has already arrived is returned even after the deadline. */
  readonly nextInTime: Effect.Effect<Uint8Array | null | typeof late, LoadError>
}

/**
 * Adds the deadline for sampling to a source of chunks. A pull is never interrupted at the deadline, because its chunk
 * would be lost: it continues in its own fiber, and the next caller gets the chunk.
 */
export class SampleDeadline implements SampledChunks {
  readonly #source: NextChunk
  readonly #scope: Scope.Scope
  #pending: Fiber.Fiber<Uint8Array | null, LoadError> | null = null
  /** Time of the first byte, in nanoseconds of the monotonic clock. */
  #start: bigint | null = null
  #lines = 0
  #isInLine = false
  #received = 0
  #receivedInTime: number | null = null

  /** @param scope owns the fiber of a pull that outlasts the deadline */
  constructor(source: NextChunk, scope: Scope.Scope) {
    this.#source = source
    this.#scope = scope
  }

  /** Bytes that had arrived when the time for sampling was over; `null` if it was long enough. */
  get receivedInTime(): number | null {
    return this.#receivedInTime
  }

  readonly next: NextChunk = Effect.suspend(() => {
    const pending = this.#pending
    if (pending === null) return this.#source
    this.#pending = null
    return Fiber.join(pending)
  })

  readonly nextInTime: SampledChunks["nextInTime"] = Effect.gen({ self: this }, function* () {
    this.#pending ??= yield* Effect.forkIn(this.#source, this.#scope, { startImmediately: true })
    const pending = this.#pending
    if (pending.pollUnsafe() === undefined) yield* this.#untilDeadline(Fiber.await(pending))
    if (pending.pollUnsafe() === undefined) {
      this.#receivedInTime = this.#received
      return late
    }
    const chunk = yield* this.next
    if (chunk === null) return null
    this.#received += chunk.length
    this.#start ??= yield* Clock.monotonicTimeNanos
    this.#countLines(chunk)
    return chunk
  })

  #untilDeadline(arrival: Effect.Effect<unknown>): Effect.Effect<unknown> {
    if (this.#start === null || this.#lines < minLines) return arrival
    const deadline = this.#start + (this.#lines < enoughLines ? longSamplingTime : samplingTime)
    return Effect.flatMap(Clock.monotonicTimeNanos, (now) =>
      now < deadline ? Effect.timeoutOption(arrival, Duration.nanos(deadline - now)) : Effect.void,
    )
  }

  /** Counts bytes, not characters: in UTF-16, ASCII characters are the same bytes with a NUL beside each. */
  #countLines(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length && this.#lines < enoughLines; i++) {
      const byte = chunk[i]!
      if (byte !== lineFeed && byte !== carriageReturn) {
        if (byte > space) this.#isInLine = true
      } else if (this.#isInLine) {
        this.#isInLine = false
        this.#lines++
      }
    }
  }
}
