import { longestRaw } from "../../Domain/load/Reject.ts"
import { characterLength } from "./Utf8.ts"

/** Where a character begins, at this place or up to three bytes before it. */
const characterStart = (bytes: Uint8Array, at: number): number => {
  for (let start = at; start > at - 4 && start > 0; start--) if ((bytes[start]! & 0xc0) !== 0x80) return start
  return at
}

const hex = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`

/** One for all: making one takes as long as decoding a record. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** As `rawText`, for bytes not all of which text can hold. */
const escaped = (bytes: Uint8Array): string => {
  const parts: Array<string> = []
  let room = longestRaw
  let from = 0
  let at = 0
  while (at < bytes.length) {
    const length = bytes[at] === 0 ? 0 : characterLength(bytes, at)
    const code = length === 0 ? hex(bytes[at]!) : ""
    room -= length === 0 ? code.length : length
    if (room < 0) break
    if (length === 0) {
      parts.push(decoder.decode(bytes.subarray(from, at)), code)
      from = at + 1
    }
    at += Math.max(1, length)
  }
  parts.push(decoder.decode(bytes.subarray(from, at)))
  return parts.join("")
}

/**
 * A record's bytes as text of at most `longestRaw` bytes, cut behind a character. A NUL, and a byte that is not
 * UTF-8, is written `\xNN`.
 */
export const rawText = (bytes: Uint8Array): string => {
  const end = bytes.length > longestRaw ? characterStart(bytes, longestRaw) : bytes.length
  const text = decoder.decode(bytes.subarray(0, end))
  return text.includes("\0") || text.includes("\ufffd") ? escaped(bytes) : text
}
