import * as Result from "effect/Result"
import type { Encoding } from "../../Domain/load/Encoding.ts"
import { continuations, greatestSecond, leastSecond } from "../record/Utf8.ts"
import { guessEastAsian } from "./EastAsianGuess.ts"
import { guessSingleByte } from "./SingleByteGuess.ts"

/** Well-formed sequences of several bytes, and bytes that belong to none. A sequence cut by the end is neither. */
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
    const lacking = continuations[first]!
    let length = 1
    while (length <= lacking && i + length < bytes.length) {
      const byte = bytes[i + length]!
      const isSecond = length === 1
      if (byte < (isSecond ? leastSecond(first) : 0x80) || byte > (isSecond ? greatestSecond(first) : 0xbf))
        break
      length++
    }
    const isCut = !isWhole && i + length === bytes.length && length <= lacking
    if (lacking > 0 && length > lacking) good++
    else if (!isCut || lacking === 0) bad++
    i += length
  }
  return { good, bad }
}

/**
 * Whether a text with bytes beyond ASCII is UTF-8, perhaps with a few bad bytes: those are then errors with a
 * place. Text in other encodings has hardly a well-formed sequence.
 *
 * @param isWhole the text ends here, and so must its last character
 */
export const isUtf8 = (bytes: Uint8Array, isWhole: boolean): boolean => {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  if (Result.isSuccess(Result.try(() => decoder.decode(bytes, { stream: !isWhole })))) return true
  const { bad, good } = countSequences(bytes, isWhole)
  return good >= 4 * bad
}

/** What servers say of files they know nothing about. */
const isServerDefault = (declared: Encoding): boolean => declared === "windows-1252" || declared === "utf-8"

/** Whether every byte decodes. The last character may be cut. */
const decodes = (bytes: Uint8Array, encoding: Encoding): boolean =>
  Result.isSuccess(
    Result.try(() => new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })),
  )

/** Bytes beyond ASCII that are judged at most, so that dense ones do not keep the thread busy. */
export const mostHighBytes = 64 * 1024

export const countHighBytes = (bytes: Uint8Array): number => {
  let high = 0
  for (let i = 0; i < bytes.length; i++) high += bytes[i]! >> 7
  return high
}

const judgedPart = (bytes: Uint8Array): Uint8Array => {
  let high = 0
  for (let i = 0; i < bytes.length; i++)
    if (bytes[i]! >= 0x80 && ++high === mostHighBytes) return bytes.subarray(0, i + 1)
  return bytes
}

/**
 * The encoding of a text that is ASCII but for some bytes, and not UTF-8. What the source says is believed if the
 * text can be read so, but for the two names that servers give to anything.
 */
export const guessEncoding = (bytes: Uint8Array, declared: Encoding | null): Encoding => {
  const judged = judgedPart(bytes)
  if (declared !== null && !isServerDefault(declared) && decodes(judged, declared)) return declared
  return guessEastAsian(judged) ?? guessSingleByte(judged)
}
