import { lowerCase, spacesEnd, spacesStart, zero } from "../../../Bytes/Ascii.ts"
import type { Encoder } from "./Encoder.ts"

const one = 0x31
const letterE = 0x65

/** Up to four bytes as one number. */
const packed = (text: string): number => {
  let value = 0
  for (let at = 0; at < text.length; at++) value = (value << 8) | text.charCodeAt(at)
  return value
}

const trueWords: ReadonlySet<number> = new Set(["true", "t", "yes", "y", "on"].map(packed))
const falseWords: ReadonlySet<number> = new Set(["f", "no", "n", "off"].map(packed))
const fals = packed("fals")

/** 1, 0, or -1 if the word is neither. */
const valueOf = (bytes: Uint8Array, from: number, to: number): number => {
  const length = to - from
  if (length === 1 && (bytes[from] === zero || bytes[from] === one)) return bytes[from]! - zero
  if (length === 0 || length > 5) return -1
  let word = 0
  for (let at = from; at < Math.min(from + 4, to); at++) word = (word << 8) | bytes[at]! | lowerCase
  if (length === 5) return word === fals && (bytes[from + 4]! | lowerCase) === letterE ? 0 : -1
  if (trueWords.has(word)) return 1
  return falseWords.has(word) ? 0 : -1
}

/** The words for true and false that Postgres knows, not shortened, in any letter case and between optional spaces. */
export const encodeBoolean: Encoder = (bytes, from, to, out, at) => {
  const begin = spacesEnd(bytes, from, to)
  const value = valueOf(bytes, begin, spacesStart(bytes, begin, to))
  if (value === -1) return -1
  out.setUint8(at, value)
  return at + 1
}
