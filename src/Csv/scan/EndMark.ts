import { fieldHead } from "../record/CopyBinary.ts"
import type { CopyBuffer } from "../record/CopyBuffer.ts"
import { type ScanState, State } from "../record/ScanState.ts"

/** Ctrl-Z: CP/M marked the end of a text with it, to the end of its last block, and so did DOS. */
const substitute = 0x1a

/** Whether the last line of a file that ends here is nothing but that. */
export const isEndMark = ({ column, state }: ScanState, buffer: CopyBuffer): boolean => {
  const { bytes, fieldAt, written } = buffer
  const text = bytes.subarray(fieldAt + fieldHead, written)
  return (
    column === 1 && state === State.unquoted && text.length > 0 && text.every((byte) => byte === substitute)
  )
}
