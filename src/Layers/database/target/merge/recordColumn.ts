import type { CopyBatch } from "../../../../Domain/load/CopyBatch.ts"
import type { Column } from "../../../../Domain/load/columns/Column.ts"

/** Bytes of a field with a `bigint` in COPY's binary format. */
const fieldBytes = 4 + 8

/** The name of the column with the numbers of records, which no column of the file has. */
export const recordColumn = (columns: ReadonlyArray<Column>): string => {
  let name = "sluice record"
  while (columns.some((column) => column.name === name)) name += "_"
  return name
}

/** Adds the number of its record to each row, as the last field. */
export const withRecordNumbers = (batch: CopyBatch): CopyBatch => {
  const { bytes, firstRecord, rejects, rows } = batch
  const out = new Uint8Array(bytes.length + rows * fieldBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const written = new DataView(out.buffer)
  const rejected = rejects.map(({ record }) => record)
  let nextRejected = 0
  let record = firstRecord
  let at = 0
  for (let row = 0; row < rows; row++) {
    while (rejected[nextRejected] === record) {
      nextRejected++
      record++
    }
    const from = at
    const fields = view.getInt16(at)
    at += 2
    for (let field = 0; field < fields; field++) at += 4 + Math.max(0, view.getInt32(at))
    const to = from + row * fieldBytes
    out.set(bytes.subarray(from, at), to)
    written.setInt16(to, fields + 1)
    const end = at + row * fieldBytes
    written.setInt32(end, 8)
    written.setBigInt64(end + 4, BigInt(record))
    record++
  }
  batch.release()
  return { ...batch, bytes: out, release: () => {} }
}
