import { atOnce } from "../../Bytes/Steps.ts"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { firstHighByte } from "./firstHighByte.ts"
import { guessEncoding } from "./guess/guessEncoding.ts"
import { isUtf8, isValidUtf8 } from "./guess/isUtf8.ts"
import { sniffEncoding } from "./sniffEncoding.ts"

/** Bytes from the first one beyond ASCII on that show whether the text is UTF-8. */
const enough = 16 * 1024

/**
 * The encoding that the beginning of a file shows, if the user gave another one: UTF-16 or UTF-32 by its NULs, UTF-8
 * because its bytes are valid, or the likeliest one if they are not valid in the given UTF-8. `null` if the given one
 * may be right.
 *
 * @param first a prefix of fixed size, or the whole file
 */
export const contradictingEncoding = (first: Uint8Array, given: Encoding): Encoding | null => {
  const { encoding: wide } = sniffEncoding(first, {})
  if (wide !== null && wide !== "utf-8") return wide === given ? null : wide
  const high = firstHighByte(first)
  const text = first.subarray(high, high + enough)
  if (given === "utf-8") return isUtf8(text, false) ? null : atOnce(guessEncoding(first, null)).encoding
  // Text in UTF-16 and UTF-32 has NULs, in the delimiters and line endings at least.
  const mayBeOther = given.startsWith("utf-") ? first.includes(0) : high === first.length
  return first.length > 0 && !mayBeOther && isValidUtf8(text) ? "utf-8" : null
}
