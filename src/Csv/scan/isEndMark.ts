import { fieldHead } from "../record/CopyBinary.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import { type ScanState, State } from "../record/ScanState.ts"

/** Ctrl-Z, which CP/M and DOS put at the end of text files. */
const substitute = 0x1a

/** Whether the last line consists of Ctrl-Z only. It counts as blank. */
export const isEndMark = ({ column, state }: ScanState, { bytes, fieldAt, written }: CopyBuffer): boolean => {
  const text = bytes.subarray(fieldAt + fieldHead, written)
  return (
    column === 1 && state === State.unquoted && text.length > 0 && text.every((byte) => byte === substitute)
  )
}
