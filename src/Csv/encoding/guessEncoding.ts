import * as Result from "effect/Result"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { continuations, greatestSecond, leastSecond } from "../record/Utf8.ts"
import { guessEastAsian } from "./guessEastAsian.ts"
import { guessSingleByte } from "./guessSingleByte.ts"

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

/** Whether every byte decodes. `isWhole`: the last character must be complete. */
export const decodes = (bytes: Uint8Array, encoding: Encoding, isWhole: boolean): boolean =>
  Result.isSuccess(
    Result.try(() => new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !isWhole })),
  )

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

/** Servers declare these for files that they know nothing about. */
const isServerDefault = (declared: Encoding): boolean => declared === "windows-1252" || declared === "utf-8"

/** Only this many bytes beyond ASCII are examined, to limit the time on the event loop. */
export const maxHighBytes = 64 * 1024

export const countHighBytes = (bytes: Uint8Array): number => {
  let high = 0
  for (let i = 0; i < bytes.length; i++) high += bytes[i]! >> 7
  return high
}

const examinedPart = (bytes: Uint8Array): Uint8Array => {
  let high = 0
  for (let i = 0; i < bytes.length; i++)
    if (bytes[i]! >= 0x80 && ++high === maxHighBytes) return bytes.subarray(0, i + 1)
  return bytes
}

/**
 * The most likely encoding of text that is neither ASCII nor UTF-8. The declared encoding is used if every byte decodes,
 * unless it is a server's default. Decision 19 has the reasons.
 */
export const guessEncoding = (bytes: Uint8Array, declared: Encoding | null): Encoding => {
  const examined = examinedPart(bytes)
  if (declared !== null && !isServerDefault(declared) && decodes(examined, declared, false)) return declared
  return guessEastAsian(examined) ?? guessSingleByte(examined)
}
