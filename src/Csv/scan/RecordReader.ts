import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { NextChunk } from "../../Bytes/NextChunk.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import { maxKeptLines, type SkippedLine } from "../../Domain/load/SkippedLine.ts"
import type { Utf8Reader } from "../encoding/Utf8Reader.ts"
import { undecodableError, undecodableReject } from "../record/RecordProblem.ts"
import type { CsvScanner, ScanResult } from "./CsvScanner.ts"

/**
 * Characters of the lines before the header that are kept, because they wait in memory for the header. Of later lines the
 * text is dropped.
 */
const maxWaitingText = 16 * 1024 * 1024

const withoutText = (line: SkippedLine): SkippedLine => ({ ...line, raw: "" })

/** Feeds text to the scanner chunk by chunk: first the header, then the batches. Offsets become those of the file. */
export class RecordReader {
  readonly #scanner: CsvScanner
  readonly #reader: Utf8Reader
  readonly #next: NextChunk
  readonly #pause: Effect.Effect<void>
  readonly #rewritten: Pick<Utf8Reader, "originalOffset"> | null
  /** Results of the last steps that have not been emitted. */
  readonly #pending: Array<ScanResult> = []
  #isEnd = false
  /** Skipped lines before the header, and the length of their text. */
  #waitingLines = 0
  #waitingText = 0

  /**
   * @param pause runs before each step
   * @param rewritten set if the text was rewritten after it was decoded
   */
  constructor(
    scanner: CsvScanner,
    reader: Utf8Reader,
    next: NextChunk,
    pause: Effect.Effect<void>,
    rewritten: Pick<Utf8Reader, "originalOffset"> | null = null,
  ) {
    this.#pause = pause
    this.#rewritten = rewritten
    this.#scanner = scanner
    this.#reader = reader
    this.#next = next
  }

  /** Reads the header. Run it once, before `batches`. */
  readonly header: Effect.Effect<ReadonlyArray<string>, LoadError> = Effect.gen({ self: this }, function* () {
    while (this.#scanner.header === null) {
      const result = yield* this.#step()
      if (this.#scanner.header === null && result.error !== null) return yield* result.error
      if (this.#scanner.header === null && this.#isFinished)
        return yield* loadError("internal_error", "The header was neither read nor rejected.")
      this.#pending.push(this.#scanner.header === null ? this.#limited(result) : result)
    }
    return this.#scanner.header
  })

  /** One step of the scanner per pull, without empty batches. A batch before an error is emitted first. */
  get batches(): Stream.Stream<CopyBatch, LoadError> {
    let failure: LoadError | null = null
    const pull = Effect.gen({ self: this }, function* () {
      while (true) {
        if (failure !== null) return yield* failure
        if (this.#pending.length === 0 && this.#isFinished) return yield* Cause.done()
        const { batch, error } = this.#pending.shift() ?? (yield* this.#step())
        failure = error
        if (batch !== null) return [batch] as const
      }
    })
    return Stream.fromPull(Effect.succeed(pull))
  }

  get #isFinished(): boolean {
    return this.#isEnd && !this.#scanner.hasMore
  }

  /** Scans what is left of the chunk, else the next chunk, else the end of the file. */
  #step(): Effect.Effect<ScanResult, LoadError> {
    const step = this.#scanner.hasMore
      ? Effect.sync(() => this.#located(this.#scanner.resume()))
      : Effect.map(this.#next, (chunk) => {
          if (chunk !== null) return this.#located(this.#scanner.push(chunk))
          this.#isEnd = true
          const error = this.#readerError
          return error === null ? this.#located(this.#scanner.finish()) : { batch: null, error }
        })
    return Effect.andThen(this.#pause, step)
  }

  /** The text ends where the scanner is. */
  get #readerError(): LoadError | null {
    const { badAt, encoding, error } = this.#reader
    const { place } = this.#scanner
    return badAt === null
      ? (error?.at({ line: place.line }) ?? null)
      : undecodableError({ ...place, byteOffset: badAt }, encoding)
  }

  /** The scanner counts bytes of UTF-8 text: in other encodings, places are converted to offsets in the file. */
  #located({ batch, error }: ScanResult): ScanResult {
    if (this.#reader.encoding === "utf-8" && this.#rewritten === null) return { batch, error }
    return {
      batch:
        batch === null
          ? null
          : {
              ...batch,
              rejects: batch.rejects.map((reject) => this.#rejectLocated(reject)),
              ...this.#rejectRowLocated(batch),
              skipped: batch.skipped.map((line) => ({
                ...line,
                byteOffset: this.#originalOffset(line.byteOffset),
              })),
            },
      error: error === null ? null : this.#errorLocated(error),
    }
  }

  #rejectRowLocated({ rejectRow }: CopyBatch): Pick<CopyBatch, "rejectRow"> {
    if (rejectRow === undefined) return {}
    return {
      rejectRow: (row, column) => {
        const origin = rejectRow(row, column)
        return { ...origin, byteOffset: this.#originalOffset(origin.byteOffset) }
      },
    }
  }

  /** Limits the memory of a result before the header. It has no records. */
  #limited({ batch, error }: ScanResult): ScanResult {
    if (batch === null) return { batch, error }
    const skipped: Array<SkippedLine> = []
    for (const line of batch.skipped.slice(0, maxKeptLines - this.#waitingLines)) {
      this.#waitingText += line.raw.length
      skipped.push(this.#waitingText > maxWaitingText ? withoutText(line) : line)
    }
    this.#waitingLines += skipped.length
    return { batch: skipped.length === 0 ? null : { ...batch, skipped }, error }
  }

  #originalOffset(offset: number): number {
    return this.#reader.originalOffset(this.#rewritten?.originalOffset(offset) ?? offset)
  }

  #errorLocated(error: LoadError): LoadError {
    const { byteOffset } = error.place
    const located = byteOffset === null ? error : error.at({ byteOffset: this.#originalOffset(byteOffset) })
    return error.code === "invalid_utf8" && this.#reader.encoding !== "utf-8"
      ? undecodableError(located.place, this.#reader.encoding)
      : located
  }

  #rejectLocated(reject: Reject): Reject {
    const byteOffset = this.#originalOffset(reject.byteOffset)
    return reject.reason === "invalid_utf8" && this.#reader.encoding !== "utf-8"
      ? undecodableReject({ ...reject, byteOffset }, this.#reader.encoding)
      : { ...reject, byteOffset }
  }
}
