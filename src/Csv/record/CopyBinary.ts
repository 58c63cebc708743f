/**
 * The binary format of COPY (Postgres documentation, COPY, "Binary Format"): a row is its number of fields,
 * 16 bits, and each field is the length of its bytes, 32 bits, and the bytes; all numbers big-endian. The
 * bytes of a `text` are the text itself, so nothing is escaped.
 */

/** Bytes before a row's fields and before a field's bytes. */
export const rowHead = 2
export const fieldHead = 4
/** Stands where the length would, and no bytes follow. */
export const nullLength = -1

/** The fields of a row, back as strings; `null` for NULL. The row ends where the bytes end. */
export const decodeRow = (row: Uint8Array): Array<string | null> => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength)
  const fields: Array<string | null> = []
  for (let at = rowHead; at < row.length;) {
    const length = view.getInt32(at)
    at += fieldHead
    if (length === nullLength) {
      fields.push(null)
      continue
    }
    fields.push(decoder.decode(row.subarray(at, at + length)))
    at += length
  }
  return fields
}

/** Where the row that starts at `at` ends. */
const rowEnd = (view: DataView, at: number): number => {
  let end = at + rowHead
  for (let fields = view.getInt16(at); fields > 0; fields--) {
    const length = view.getInt32(end)
    end += fieldHead + (length === nullLength ? 0 : length)
  }
  return end
}

/** The first rows of a batch, at most so many, back as strings. */
export const decodeRows = (batch: Uint8Array, most: number): Array<Array<string | null>> => {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength)
  const rows: Array<Array<string | null>> = []
  for (let at = 0; at < batch.length && rows.length < most;) {
    const end = rowEnd(view, at)
    rows.push(decodeRow(batch.subarray(at, end)))
    at = end
  }
  return rows
}
