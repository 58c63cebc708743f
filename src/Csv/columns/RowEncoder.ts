import { isAmong } from "../../Bytes/isAmong.ts"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import type { ColumnChange } from "../../Domain/load/columns/ColumnChange.ts"
import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { fieldHead, lengthAt, rowHead } from "../record/CopyBinary.ts"
import { SpareBuffers } from "../record/SpareBuffers.ts"
import { encodingSpace } from "../types/encode/Encoder.ts"
import { FieldActions } from "./FieldActions.ts"
import { RowWriter } from "./RowWriter.ts"
import { StoredTypes } from "./StoredTypes.ts"
import { typeMismatch } from "./typeMismatch.ts"

const bufferStep = 128 * 1024

const decoder = new TextDecoder()

export interface RowEncoderOptions {
  /** Whether columns without a given type get the type that fits their values. */
  readonly infer: boolean
  /** The rows remain texts, for a reader. */
  readonly keepText?: boolean
}

const withChanges = (batch: CopyBatch, changes: ReadonlyArray<ColumnChange>): CopyBatch =>
  changes.length === 0 ? batch : { ...batch, changes }

/**
 * Makes the rows of a file, which are texts, rows of the planned columns in the binary form of their types: without the
 * columns that are not loaded, and with NULL for the texts that mean NULL.
 *
 * The pass over a batch is the only one over its values, unless a value does not fit. It creates nothing per value.
 */
export class RowEncoder {
  readonly #plan: ReadonlyArray<PlannedColumn>
  readonly #types: StoredTypes
  readonly #fields: FieldActions
  readonly #writer: RowWriter
  readonly #keepText: boolean
  readonly #spares = new SpareBuffers()
  #sent = 0

  /** @param width the number of columns of the file */
  constructor(plan: ReadonlyArray<PlannedColumn>, width: number, options: RowEncoderOptions) {
    this.#plan = plan
    this.#types = new StoredTypes(plan, options.infer)
    this.#fields = new FieldActions(plan, width)
    this.#keepText = options.keepText ?? false
    this.#writer = new RowWriter(this.#fields, this.#types, this.#keepText)
  }

  /** The types that the table has to have for the rows that are sent next. */
  get stored(): ReadonlyArray<ColumnType> {
    return this.#types.stored
  }

  /** The types of all values so far. */
  get types(): ReadonlyArray<ColumnType> {
    return this.#types.types()
  }

  /** How often stored rows have to be rewritten because a value did not fit. */
  get rewrites(): number {
    return this.#types.rewrites
  }

  /** The changes that are left after the last row. */
  get conversions(): ReadonlyArray<ColumnChange> {
    return this.#types.conversions()
  }

  /** Infers types from rows that are encoded later. */
  observe(bytes: Uint8Array): void {
    const { longest } = this.#types
    const { columns, nulls } = this.#fields
    for (let at = 0; at < bytes.length;) {
      at += rowHead
      for (let index = 0; index < columns.length; index++) {
        const length = lengthAt(bytes, at)
        const start = at + fieldHead
        at = length < 0 ? start : start + length
        const column = columns[index]!
        if (length < 0 || column < 0 || isAmong(bytes, start, at, nulls[index]!)) continue
        if (longest !== null && length > longest[column]!) longest[column] = length
        this.#types.look(column, bytes, start, at)
      }
    }
  }

  /** Chooses the types of the table by the rows observed. Call it before the first `encode`. */
  start(): void {
    if (!this.#keepText) this.#types.start()
  }

  /**
   * Encodes a batch and releases it, unless it is returned as it is. Returns the error if a value does not have the type
   * that the user gave its column.
   */
  encode(batch: CopyBatch): CopyBatch | LoadError {
    if (batch.rows === 0) return batch
    const changes: Array<ColumnChange> = []
    // A row that is too large could be refused before its end is known.
    if (this.#types.longest !== null) changes.push(...this.#widenBy(batch))
    this.#fields.choose(this.#types)
    if (this.#fields.areCopies) {
      this.#sent += batch.bytes.length
      return withChanges(batch, changes)
    }
    const space = encodingSpace * this.#fields.encoded
    // Rounded up, so that the buffer of one batch is large enough for most others.
    const steps = Math.ceil((batch.bytes.length + batch.rows * space) / bufferStep)
    const out = this.#spares.take(steps * bufferStep)
    let end = this.#writer.write(batch.bytes, out)
    while (end === -1) {
      const { column, from, row, to } = this.#writer.misfit!
      if (!this.#types.infersType(column))
        return typeMismatch(batch, row, this.#plan[column]!, decoder.decode(batch.bytes.subarray(from, to)))
      const widened = this.#widenBy(batch)
      // The same value would be refused for ever.
      if (widened.length === 0)
        return loadError(
          "internal_error",
          `A value of column ${column + 1} has its inferred type, but cannot be encoded.`,
        )
      changes.push(...widened)
      this.#fields.choose(this.#types)
      end = this.#writer.write(batch.bytes, out)
    }
    batch.release()
    this.#sent += end
    const release = () => this.#spares.release(out)
    return withChanges({ ...batch, bytes: out.subarray(0, end), release }, changes)
  }

  /** Changes the types that do not fit the rows of the batch. */
  #widenBy({ bytes }: CopyBatch): ReadonlyArray<ColumnChange> {
    this.observe(bytes)
    return this.#keepText ? [] : this.#types.widen(this.#sent)
  }
}
