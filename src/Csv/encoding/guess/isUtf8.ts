import { continuations, greatestSecond, leastSecond } from "../../record/Utf8.ts"
import { decodes } from "./decodes.ts"

/** Counts well-formed multi-byte sequences, and bytes outside of them. A sequence cut off at the end is neither. */
const countSequences = (
  bytes: Uint8Array,
  isWhole: boolean,
): { readonly good: number; readonly bad: number } => {
  let good = 0
  let bad = 0
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i]!
    if (first < 0x80) {
      i++
      continue
    }
    const trailing = continuations[first]!
    let length = 1
    while (length <= trailing && i + length < bytes.length) {
      const byte = bytes[i + length]!
      const isSecond = length === 1
      if (byte < (isSecond ? leastSecond(first) : 0x80) || byte > (isSecond ? greatestSecond(first) : 0xbf))
        break
      length++
    }
    const isCut = !isWhole && i + length === bytes.length && length <= trailing
    if (trailing > 0 && length > trailing) good++
    else if (!isCut || trailing === 0) bad++
    i += length
  }
  return { good, bad }
}

/** Whether the bytes are UTF-8, perhaps cut inside the last character. */
export const isValidUtf8 = (bytes: Uint8Array): boolean => decodes(bytes, "utf-8", false)

/**
 * Whether text with bytes beyond ASCII is UTF-8, perhaps with a few bad bytes, which are then reported as errors. Text in
 * another encoding has hardly any well-formed sequence.
 *
 * @param isWhole the file ends here, so the last character must be complete
 */
export const isUtf8 = (bytes: Uint8Array, isWhole: boolean): boolean => {
  if (decodes(bytes, "utf-8", isWhole)) return true
  const { bad, good } = countSequences(bytes, isWhole)
  return good >= 4 * bad
}
