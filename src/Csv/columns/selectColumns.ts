import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CopyBatch } from "../../Domain/load/CopyBatch.ts"
import { type LoadError, loadError } from "../../Domain/load/LoadError.ts"
import type { PlannedColumn } from "../../Domain/load/columns/planColumns.ts"
import { fieldHead, nullLength, rowHead } from "../record/CopyBinary.ts"
import { valueFits } from "./valueFits.ts"

/** What happens to the fields of one column of the file. */
interface FieldRule {
  readonly column: PlannedColumn
  readonly nulls: ReadonlySet<string>
  /** In bytes of UTF-8. */
  readonly longestNull: number
  readonly fits: ((text: string) => boolean) | null
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const isChecked = ({ type }: PlannedColumn): boolean => (type ?? "text") !== "text"

const ruleOf = (column: PlannedColumn): FieldRule => ({
  column,
  nulls: new Set(column.nullValues),
  longestNull: Math.max(-1, ...column.nullValues.map((text) => encoder.encode(text).length)),
  fits: isChecked(column) ? valueFits[column.type ?? "text"] : null,
})

/** A value of a column that does not have its type. */
class Misfit {
  readonly row: number
  readonly column: PlannedColumn
  readonly text: string

  constructor(row: number, column: PlannedColumn, text: string) {
    this.row = row
    this.column = column
    this.text = text
  }
}

/** Number of the record that became a row: rows have no numbers, and rejects are between them. */
const recordOf = ({ firstRecord, rejects }: CopyBatch, row: number): number => {
  let record = firstRecord + row
  for (const reject of rejects) if (reject.record <= record) record++
  return record
}

const typeMismatch = (batch: CopyBatch, { column, row, text }: Misfit): LoadError => {
  const record = recordOf(batch, row)
  return loadError(
    "type_mismatch",
    `Column ${JSON.stringify(column.name)} cannot be ${column.type}: its value in record ${record} is ` +
      `${JSON.stringify(text.slice(0, 60))}. Correct the value, or give the column this text in nullValues, or another type.`,
    { place: { record, column: column.index + 1 } },
  )
}

/**
 * Rewrites the rows of a batch in place: removes fields of columns that are not loaded, makes texts for NULL to NULL, and
 * checks types. Returns the length of the result, which is never longer, or the first value that does not fit.
 */
const rewrite = (
  bytes: Uint8Array,
  rules: ReadonlyArray<FieldRule | null>,
  columns: number,
): number | Misfit => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let written = 0
  let row = 0
  for (let at = 0; at < bytes.length; row++) {
    at += rowHead
    view.setInt16(written, columns)
    written += rowHead
    for (const rule of rules) {
      const length = view.getInt32(at)
      const start = at + fieldHead
      at = start + Math.max(0, length)
      if (rule === null) continue
      let isNull = length === nullLength
      if (!isNull && (rule.fits !== null || length <= rule.longestNull)) {
        const text = decoder.decode(bytes.subarray(start, at))
        isNull = rule.nulls.has(text)
        if (!isNull && rule.fits !== null && !rule.fits(text)) return new Misfit(row, rule.column, text)
      }
      view.setInt32(written, isNull ? nullLength : length)
      written += fieldHead
      if (isNull) continue
      bytes.copyWithin(written, start, at)
      written += at - start
    }
  }
  return written
}

/**
 * Makes the rows of a file into rows of the planned columns. Fails with `type_mismatch` at the first value that does not
 * have the type that the user gave its column.
 *
 * @param width the number of columns of the file
 */
export const selectColumns = (plan: ReadonlyArray<PlannedColumn>, width: number) => {
  const isUnchanged =
    plan.length === width && plan.every((column) => column.nullValues.length === 0 && !isChecked(column))
  const rules = Array.from({ length: width }, (): FieldRule | null => null)
  for (const column of plan) rules[column.index] = ruleOf(column)
  const selected = (batch: CopyBatch): Effect.Effect<CopyBatch, LoadError> => {
    const result = rewrite(batch.bytes, rules, plan.length)
    return typeof result === "number"
      ? Effect.succeed({ ...batch, bytes: batch.bytes.subarray(0, result) })
      : Effect.fail(typeMismatch(batch, result))
  }
  return <E, R>(batches: Stream.Stream<CopyBatch, E, R>): Stream.Stream<CopyBatch, E | LoadError, R> =>
    isUnchanged ? batches : Stream.mapEffect(batches, selected)
}
