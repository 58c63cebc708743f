import { noBytes } from "../../../Bytes/noBytes.ts"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type { Transform } from "node:stream"
import { loadError, type LoadError } from "../../../Domain/load/LoadError.ts"
import type { ByteReader } from "./ByteReader.ts"
import type { Damage } from "./Damage.ts"
import { type NextChunk } from "../../../Bytes/NextChunk.ts"

/** A decompressor of node:zlib. It works in the thread pool. */
export interface Engine extends Transform {
  /** Bytes it has taken in, those behind the end of the compressed data not counted. */
  readonly bytesWritten: number
}

/**
 * Size of a decoder's output chunks. By measurement: half of it costs a quarter of the speed, twice of it brings
 * next to nothing. Not less than Node's own buffer for a stream (`getDefaultHighWaterMark`), so that a decoder
 * that holds a full chunk ready does not go on before that one is taken.
 */
export const chunkSize = 128 * 1024

const isMemory = /^(?:Z_MEM_ERROR|ZSTD_error_memory_allocation)$|_ALLOC_/

/** What the engine's error means, told by its code; its message is for the words only. */
const meaning = (error: unknown, position: number, damage: Damage): LoadError => {
  const code = Predicate.hasProperty(error, "code") && typeof error.code === "string" ? error.code : ""
  if (isMemory.test(code))
    return loadError("internal_error", `There was no memory to decompress ${damage.format} data.`)
  switch (code) {
    case "Z_BUF_ERROR":
      return damage.truncated(position)
    case "Z_NEED_DICT":
    case "ZSTD_error_dictionary_wrong":
      return damage.unsupported(
        "was compressed with a dictionary of its own",
        "Compress the file without one.",
      )
    case "ZSTD_error_frameParameter_windowTooLarge":
      return damage.unsupported(
        "needs a window of more than 128 MiB",
        "Compress the file without --long, or with --long=27.",
      )
    default:
      return damage.corrupt(position, error instanceof Error ? error.message : code)
  }
}

/**
 * One run of an engine, from the start of some compressed data to their end. What follows the end is left to
 * the reader. Feeds the engine one chunk at a time, and the next only when what came of it has been taken.
 */
export class EngineRun {
  readonly #input: ByteReader
  readonly #engine: Engine
  readonly #start: number
  #written: Uint8Array = noBytes
  #isWriting = false
  #isEnded = false
  #failure: LoadError | null = null
  /** Whether something has happened since `#event` last looked, and who waits for it. */
  #hasHappened = false
  #waiter: (() => void) | null = null

  constructor(input: ByteReader, engine: Engine, damage: Damage) {
    this.#input = input
    this.#engine = engine
    this.#start = input.position
    engine.on("readable", this.#happened)
    engine.on("end", () => {
      this.#isEnded = true
      this.#happened()
    })
    engine.on("error", (error) => {
      this.#failure = meaning(error, this.#consumed(), damage)
      this.#happened()
    })
  }

  #consumed(): number {
    return this.#start + this.#engine.bytesWritten
  }

  readonly #happened = (): void => {
    this.#hasHappened = true
    this.#waiter?.()
  }

  readonly #event = Effect.callback<void>((resume) => {
    const pass = () => {
      this.#hasHappened = false
      this.#waiter = null
      resume(Effect.void)
    }
    if (this.#hasHappened) return pass()
    this.#waiter = pass
    return Effect.sync(() => {
      this.#waiter = null
    })
  })

  readonly #feed = Effect.suspend(() =>
    Effect.map(this.#input.next, (chunk) => {
      this.#isWriting = true
      if (chunk === null) {
        this.#engine.end()
        return
      }
      this.#written = chunk
      this.#engine.write(chunk, () => {
        this.#isWriting = false
        this.#happened()
      })
    }),
  )

  /** Gives back to the reader what the engine was given and did not want. */
  #finish(): null {
    const behind = this.#input.position - this.#consumed()
    this.#input.unread(this.#written.subarray(this.#written.length - behind))
    this.close()
    return null
  }

  readonly next: NextChunk = Effect.suspend((): NextChunk => {
    if (this.#failure !== null) return Effect.fail(this.#failure)
    const chunk: Uint8Array | null = this.#engine.read()
    if (chunk !== null) return Effect.succeed(chunk)
    if (this.#isEnded) return Effect.sync(() => this.#finish())
    return Effect.flatMap(this.#isWriting ? this.#event : this.#feed, () => this.next)
  })

  /** Frees the engine, at once or as soon as the thread it runs on is done with the chunk at hand. */
  close(): void {
    this.#engine.destroy()
  }
}
