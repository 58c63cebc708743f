/**
 * COPY's binary format (Postgres documentation, COPY, "Binary Format"). A row is its number of fields in 16 bits, then
 * for each field its length in 32 bits and its bytes; numbers are big-endian. The bytes of a `text` are the text itself,
 * so nothing is escaped.
 *
 * This is the only form in which the scanner emits rows, so that a load creates no object per field. Code that needs
 * values decodes them again: the inference of types, and previews, which show a few rows.
 */

/** Size in bytes of a row's field count and of a field's length. */
export const rowHead = 2
export const fieldHead = 4
/** Length of a NULL, which has no bytes. */
export const nullLength = -1

/** The length of the field whose head is at `at`. Faster than a `DataView`, which few callers have. */
export const lengthAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!

/** The first rows of a batch, at most `most`, as strings; `null` for NULL. */
export const decodeRows = (batch: Uint8Array, most: number): Array<Array<string | null>> => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength)
  const rows: Array<Array<string | null>> = []
  for (let at = 0; at < batch.length && rows.length < most;) {
    const row: Array<string | null> = []
    const fields = view.getInt16(at)
    at += rowHead
    while (row.length < fields) {
      const length = view.getInt32(at)
      const start = at + fieldHead
      at = start + Math.max(0, length)
      row.push(length === nullLength ? null : decoder.decode(batch.subarray(start, at)))
    }
    rows.push(row)
  }
  return rows
}
