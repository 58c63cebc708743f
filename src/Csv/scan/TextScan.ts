import * as Effect from "effect/Effect"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { RepairReason } from "../../Domain/load/Findings.ts"
import type { LoadError } from "../../Domain/load/LoadError.ts"
import type { Reject } from "../../Domain/load/Reject.ts"
import { undecodable } from "../record/BadRecord.ts"
import type { CsvScanner, Scanned } from "./CsvScanner.ts"
import type { Utf8Reader } from "../encoding/Utf8Reader.ts"
import { type NextChunk } from "../../Bytes/NextChunk.ts"

/** Scans text chunk by chunk, and puts errors and rejects in their place in the file. */
export class TextScan {
  readonly #scanner: CsvScanner
  readonly #reader: Utf8Reader
  readonly #next: NextChunk
  #isEnd = false

  constructor(scanner: CsvScanner, reader: Utf8Reader, next: NextChunk) {
    this.#scanner = scanner
    this.#reader = reader
    this.#next = next
  }

  get header(): ReadonlyArray<string> | null {
    return this.#scanner.header
  }

  get records(): number {
    return this.#scanner.records
  }

  get repairs(): Partial<Record<RepairReason, number>> {
    return this.#scanner.repairs
  }

  get isFinished(): boolean {
    return this.#isEnd && !this.#scanner.hasMore
  }

  /** Goes on with what there is, or with the next chunk, or the end; not to be run again once finished or failed. */
  readonly step: Effect.Effect<Scanned, LoadError> = Effect.suspend(() =>
    this.#scanner.hasMore
      ? Effect.sync(() => this.#placed(this.#scanner.resume()))
      : Effect.map(this.#next, (chunk) => {
          if (chunk !== null) return this.#placed(this.#scanner.push(chunk))
          this.#isEnd = true
          const { error } = this.#reader
          return error === null
            ? this.#placed(this.#scanner.finish())
            : { batch: null, error: error.at({ line: this.#scanner.line }) }
        }),
  )

  #placed({ batch, error }: Scanned): Scanned {
    const isMoved = this.#reader.encoding !== "utf-8"
    return isMoved
      ? { batch: batch === null ? null : this.#batchPlaced(batch), error: this.#errorPlaced(error) }
      : { batch, error }
  }

  #errorPlaced(error: LoadError | null): LoadError | null {
    if (error === null || error.place.byteOffset === null) return error
    return error.at({ byteOffset: this.#reader.originalOffset(error.place.byteOffset) })
  }

  #batchPlaced(batch: CopyBatch): CopyBatch {
    if (batch.rejects.length === 0) return batch
    return { ...batch, rejects: batch.rejects.map((reject) => this.#rejectPlaced(reject)) }
  }

  #rejectPlaced(reject: Reject): Reject {
    const byteOffset = this.#reader.originalOffset(reject.byteOffset)
    return reject.reason === "invalid_utf8"
      ? undecodable({ ...reject, byteOffset }, this.#reader.encoding)
      : { ...reject, byteOffset }
  }
}
