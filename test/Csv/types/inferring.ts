import { RowEncoder } from "../../../src/Csv/columns/RowEncoder.ts"
import type { ColumnType } from "../../../src/Domain/load/columns/ColumnType.ts"
import type { PlannedColumn } from "../../../src/Domain/load/columns/planColumns.ts"
import { utf8 } from "../readingCsv.ts"

export type Value = string | null

const fieldOf = (value: Value): ReadonlyArray<Uint8Array> => {
  const head = new DataView(new ArrayBuffer(4))
  if (value === null) {
    head.setInt32(0, -1)
    return [new Uint8Array(head.buffer)]
  }
  const text = utf8(value)
  head.setInt32(0, text.length)
  return [new Uint8Array(head.buffer), text]
}

/** Rows in COPY's binary format. */
export const batchOf = (rows: ReadonlyArray<ReadonlyArray<Value>>): Uint8Array => {
  const parts = rows.flatMap((row) => [
    Uint8Array.of(row.length >> 8, row.length & 0xff),
    ...row.flatMap(fieldOf),
  ])
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)))
}

/** Columns without options but, if given, their types and the texts that mean NULL in all of them. */
export const plainColumns = (
  width: number,
  types: ReadonlyArray<ColumnType | null> = [],
  nullValues: ReadonlyArray<string> = [],
): ReadonlyArray<PlannedColumn> =>
  Array.from({ length: width }, (_, index) => ({
    name: `c${index}`,
    header: "",
    index,
    key: `c${index}`,
    option: undefined,
    type: types[index] ?? null,
    nullValues,
  }))

export const inferringEncoder = (width: number): RowEncoder =>
  new RowEncoder(plainColumns(width), width, { infer: true })

/** The types of a table given by its rows, put into batches of `rowsPerBatch`. */
export const typesOfRows = (
  rows: ReadonlyArray<ReadonlyArray<Value>>,
  rowsPerBatch: number = rows.length,
): ReadonlyArray<ColumnType> => {
  const encoder = inferringEncoder(rows[0]?.length ?? 0)
  for (let at = 0; at < rows.length; at += rowsPerBatch)
    encoder.observe(batchOf(rows.slice(at, at + rowsPerBatch)))
  return encoder.types
}

export const typeOf = (...values: ReadonlyArray<Value>): ColumnType =>
  typesOfRows(values.map((value) => [value]))[0]!

/** Those of the columns, given by their values, that are of another type. */
export const columnsNot = (
  type: ColumnType,
  ...columns: ReadonlyArray<ReadonlyArray<Value>>
): ReadonlyArray<ReadonlyArray<Value>> => columns.filter((values) => typeOf(...values) !== type)

/** Those of the values that are, alone in a column, of another type. */
export const valuesNot = (type: ColumnType, ...values: ReadonlyArray<string>): ReadonlyArray<string> =>
  values.filter((value) => typeOf(value) !== type)
