import { continuations, greatestSecond, leastSecond } from "../../record/Utf8.ts"
import { decodes } from "./decodes.ts"

/**
 * Length of what Java and Oracle write in UTF-8's place: a character beyond U+FFFF as two surrogates of three bytes each
 * (CESU-8), or NUL as two bytes. 0 if there is none.
 */
const javaSequence = (bytes: Uint8Array, at: number): number => {
  if (bytes[at] === 0xc0 && bytes[at + 1] === 0x80) return 2
  const isPair =
    bytes[at] === 0xed && bytes[at + 1]! >> 4 === 0xa && bytes[at + 3] === 0xed && bytes[at + 4]! >> 4 === 0xb
  return isPair ? 6 : 0
}

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
    const java = javaSequence(bytes, i)
    if (java > 0) {
      good++
      i += java
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
