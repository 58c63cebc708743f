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
