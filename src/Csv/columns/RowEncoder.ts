import { isAmong } from "../../Bytes/isAmong.ts"
import { type CopyBatch, recordOfRow } from "../../Domain/load/CopyBatch.ts"
import type { AlmostTyped } from "../../Domain/load/AlmostTyped.ts"
import type { ColumnChange } from "../../Domain/load/columns/ColumnChange.ts"
import type { LoadWarning } from "../../Domain/load/LoadWarning.ts"
import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { LoadOptions, OnBadRow } from "../../Domain/load/options/LoadOptions.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { fieldHead, lengthAt, rowHead } from "../record/CopyBinary.ts"
import { releaseOnce, takeBuffer } from "../record/SpareBuffers.ts"
import { encodingSpace } from "../types/encode/Encoder.ts"
import { fittingFormats } from "../types/lenient/fittingFormats.ts"
import { GivenNotation } from "../types/lenient/GivenNotation.ts"
import { describeAlmostTyped } from "./describeAlmostTyped.ts"
import { FieldActions } from "./FieldActions.ts"
import { findMisfits, hasForbiddenNull, linesAt, withoutRows } from "./findMisfits.ts"
import { RowWriter } from "./RowWriter.ts"
import { type InferenceOptions, StoredTypes } from "./StoredTypes.ts"
import { type VectorWriter, vectorWriter } from "./vector/VectorWriter.ts"
import { isIsoFormat, unusedDateFormat } from "./unusedDateFormat.ts"
import { mismatchError, misfitReject } from "./typeMismatch.ts"

export interface RowEncoderOptions extends InferenceOptions {
  /** The rows remain texts, for a reader. */
  readonly keepText?: boolean
  /** What to do with a row whose value does not have a given type: the load fails, or else the row is rejected. */
  readonly onBadRow?: OnBadRow
  /** `null`: writes rows without WebAssembly. */
  readonly vector?: VectorWriter | null
}

/** Where rows are in their file. */
type RowsOrigin = Pick<CopyBatch, "file" | "lineOfRow">

const withChanges = (batch: CopyBatch, changes: ReadonlyArray<ColumnChange>): CopyBatch =>
  changes.length === 0 ? batch : { ...batch, changes }

const addFormats = (to: Map<string, Set<string>>, column: string, formats: ReadonlyArray<string>): void => {
  to.set(column, new Set([...(to.get(column) ?? []), ...formats]))
}

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
  readonly #notation: GivenNotation
  readonly #writer: RowWriter
  readonly #keepText: boolean
  readonly #onBadRow: OnBadRow
  readonly #asked: LoadOptions["types"]
  readonly #dateFormat: string | undefined
  /** Formats of rejected dates, by column. */
  readonly #rejectedFormats = new Map<string, Set<string>>()
  #sent = 0
  #rows = 0

  /** @param width the number of columns of the file */
  constructor(plan: ReadonlyArray<PlannedColumn>, width: number, options: RowEncoderOptions) {
    this.#plan = plan
    const limits = plan.map(({ limit }) => limit)
    this.#notation = new GivenNotation(plan.length, options, limits)
    this.#types = new StoredTypes(plan, options, this.#notation)
    this.#asked = options.types
    this.#dateFormat = options.dateFormat
    this.#fields = new FieldActions(plan, width)
    this.#keepText = options.keepText ?? false
    this.#onBadRow = options.onBadRow ?? "fail"
    const { vector = vectorWriter() } = options
    this.#writer = new RowWriter(this.#fields, this.#types, this.#notation, this.#keepText, vector)
  }

  /** The types that the table has to have for the rows that are sent next. */
  get stored(): ReadonlyArray<ColumnType> {
    return this.#types.stored
  }

  /** The types of all values so far. */
  get types(): ReadonlyArray<ColumnType> {
    return this.#types.types()
  }

  /** Whether all rows stay as they are, whatever their values. */
  get keepsRows(): boolean {
    this.#fields.choose(this.#types)
    return this.#fields.areCopies
  }

  /** How often stored rows have to be rewritten because a value did not fit. */
  get rewrites(): number {
    return this.#types.rewrites
  }

  /** Columns that are text, although nearly all their values have a type. */
  get almostTyped(): ReadonlyArray<AlmostTyped> {
    return this.#types
      .almostTyped()
      .flatMap((almost, column) =>
        almost === null ? [] : [describeAlmostTyped(this.#plan[column]!, almost, this.#asked)],
      )
  }

  /** What to check about the types of the columns. */
  get warnings(): ReadonlyArray<LoadWarning> {
    const dateFormat = this.#dateFormat
    if (dateFormat === undefined || this.#notation.hasFormat || isIsoFormat(dateFormat)) return []
    const formats = this.#types.dateFormats()
    if (formats.includes(dateFormat)) return []
    const others = new Map(this.#rejectedFormats)
    const add = (name: string, format: string | undefined) => {
      if (format !== undefined) addFormats(others, name, [format])
    }
    for (const { choices = [], column } of this.almostTyped)
      for (const { options } of choices) add(column, options.dateFormat)
    for (const [column, format] of formats.entries()) add(this.#plan[column]!.name, format)
    return [unusedDateFormat(dateFormat, others)]
  }

  /** The changes that are left after the last row. */
  get conversions(): ReadonlyArray<ColumnChange> {
    return this.#types.conversions()
  }

  /** Infers types from rows that are encoded later, and then counted. Call `start` after the last one. */
  observe(bytes: Uint8Array, origin: RowsOrigin = {}): void {
    this.#types.texts.beginRows()
    this.#look(bytes)
    this.#locate(bytes, origin)
  }

  #look(bytes: Uint8Array): void {
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
    // The same rows follow.
    this.#notation.forget()
    this.#types.texts.forgetCounts()
    if (!this.#keepText) this.#types.start()
  }

  /**
   * Makes rejects of the rows with a value that does not have the type that the user gave its column, that may not be NULL, or
   * that the database has refused, and removes them from the bytes. Returns the error if such a row fails the load.
   */
  rejectMisfits(batch: CopyBatch): CopyBatch | LoadError {
    if (!this.#types.hasGiven && !this.#fields.forbidsSomeNull && batch.refused === undefined) return batch
    this.#fields.choose(this.#types)
    const misfits = findMisfits(batch.bytes, this.#fields, this.#types, this.#notation, batch.refused ?? [])
    const rejects = misfits.map((misfit) => {
      const column = misfit.column === null ? undefined : this.#plan[misfit.column]
      if (column === undefined || misfit.refusal === undefined) return misfitReject(batch, misfit, column, [])
      const { name, type } = column
      const formats = fittingFormats(type ?? "text", batch.bytes, misfit.valueFrom, misfit.valueTo)
      if (formats.length > 0) addFormats(this.#rejectedFormats, name, formats)
      return misfitReject(batch, misfit, column, formats)
    })
    const [first] = rejects
    if (first === undefined) return batch
    if (this.#onBadRow === "fail") return mismatchError(first)
    const { lineOfRow, refused: _, rejectRow: __, ...others } = batch
    const removed = misfits.map(({ row }) => row)
    return {
      ...others,
      ...(lineOfRow === undefined
        ? {}
        : { lineOfRow: (row: number) => lineOfRow(recordOfRow(0, row, removed)) }),
      bytes: withoutRows(batch.bytes, misfits),
      rows: batch.rows - rejects.length,
      rejects: [...batch.rejects, ...rejects].toSorted((one, other) => one.record - other.record),
    }
  }

  /**
   * Encodes a batch and releases it, unless it is returned as it is. Returns the error if a value without its given type
   * fails the load.
   */
  encode(batch: CopyBatch): CopyBatch | LoadError {
    if (batch.rows === 0) return batch
    const hasNull = this.#fields.forbidsSomeNull && hasForbiddenNull(batch.bytes, this.#fields)
    if (!hasNull && batch.refused === undefined) {
      if (!this.#types.hasGiven) return this.#encode(batch)
      const restores = [this.#types.save(), this.#notation.save()]
      const encoded = this.#types.longest === null ? this.#encodeOnce(batch, []) : null
      if (encoded !== null) return encoded
      // Values of rejected rows do not count for the types of the other columns.
      for (const restore of restores) restore()
    }
    const restore = this.#notation.save()
    const rest = this.rejectMisfits(batch)
    restore()
    return "_tag" in rest || rest.rows === 0 ? rest : this.#encode(rest)
  }

  /** Encodes rows whose values have the types that the user gave, and changes inferred types until they fit. */
  #encode(batch: CopyBatch): CopyBatch | LoadError {
    const changes: Array<ColumnChange> = []
    // A row that is too large could be refused before its end is known.
    if (this.#types.longest !== null) changes.push(...this.#widenBy(batch))
    for (;;) {
      const encoded = this.#encodeOnce(batch, changes)
      if (encoded !== null) return encoded
      const widened = this.#widenBy(batch)
      // The same value would be refused for ever.
      if (widened.length === 0)
        return loadError(
          "internal_error",
          `A value of column ${this.#writer.misfit + 1} has its type, but cannot be encoded.`,
        )
      changes.push(...widened)
    }
  }

  /** Returns `null` if a value does not have the type of its column. */
  #encodeOnce(read: CopyBatch, changes: ReadonlyArray<ColumnChange>): CopyBatch | null {
    const { rejectRow: _, ...batch } = read
    this.#fields.choose(this.#types)
    if (this.#fields.areCopies) {
      this.#sent += batch.bytes.length
      return withChanges(batch, changes)
    }
    const { texts } = this.#types
    const restores = [texts.saveCounts(), this.#notation.save()]
    texts.beginRows()
    const space = encodingSpace * this.#fields.encoded
    const out = takeBuffer(batch.bytes.length + batch.rows * space)
    const release = releaseOnce(out)
    const end = this.#writer.write(batch.bytes, out)
    this.#locate(batch.bytes, batch)
    if (end === -1) {
      for (const restore of restores) restore()
      release()
      return null
    }
    this.#rows += batch.rows
    texts.giveUp(this.#rows)
    batch.release()
    this.#sent += end
    return withChanges({ ...batch, bytes: out.subarray(0, end), release }, changes)
  }

  /** Changes the types that do not fit the rows of the batch. */
  #widenBy(batch: CopyBatch): ReadonlyArray<ColumnChange> {
    const restoreCounts = this.#types.texts.saveCounts()
    this.observe(batch.bytes, batch)
    restoreCounts()
    return this.#keepText ? [] : this.#types.widen(this.#sent)
  }

  /** Finds the lines of values that were just looked at. */
  #locate(bytes: Uint8Array, { file, lineOfRow }: RowsOrigin): void {
    this.#types.texts.locate(
      (positions) =>
        lineOfRow === undefined ? [] : linesAt(bytes, positions, this.#fields.actions.length, lineOfRow),
      file?.url,
    )
  }
}
