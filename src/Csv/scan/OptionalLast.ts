import type { BadRecord } from "../record/BadRecord.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import type { HeaderLayout } from "../record/HeaderLayout.ts"
import type { ScanState } from "../record/ScanState.ts"

/** Whether a record only lacks the delimiter before a last column that has neither name nor values. */
export const endsBeforeLast = (
  { code, column, columns }: BadRecord,
  { isLastOptional }: HeaderLayout,
): boolean => isLastOptional && code === "ragged_record" && column === columns - 1

/** Makes a row of it, with NULL for that column, and goes past its line end. */
export const fillLast = (buffer: CopyBuffer, place: ScanState, chunk: Uint8Array): void => {
  buffer.appendNulls(1)
  buffer.endRow(buffer.written)
  buffer.beginRow(place.columns)
  place.passLineEnd(chunk)
}
