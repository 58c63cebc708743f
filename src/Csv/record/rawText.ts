import { longestRaw } from "../../Domain/load/Reject.ts"
import { characterLength } from "./Utf8.ts"

/** Start of the character at `at`, up to three bytes before it. */
const characterStart = (bytes: Uint8Array, at: number): number => {
  for (let start = at; start > at - 4 && start > 0; start--) if ((bytes[start]! & 0xc0) !== 0x80) return start
  return at
}

const hex = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`

/** Shared, because creating a decoder takes as long as decoding a record. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** `rawText` for bytes that include NUL or invalid UTF-8. */
const escaped = (bytes: Uint8Array): string => {
  const parts: Array<string> = []
  let left = longestRaw
  let from = 0
  let at = 0
  while (at < bytes.length) {
    const length = bytes[at] === 0 ? 0 : characterLength(bytes, at)
    const code = length === 0 ? hex(bytes[at]!) : ""
    left -= length === 0 ? code.length : length
    if (left < 0) break
    if (length === 0) {
      parts.push(decoder.decode(bytes.subarray(from, at)), code)
      from = at + 1
    }
    at += Math.max(1, length)
  }
  parts.push(decoder.decode(bytes.subarray(from, at)))
  return parts.join("")
}

/** A record as text of at most `longestRaw` bytes, cut between characters. NULs and invalid bytes become `\xNN`. */
export const rawText = (bytes: Uint8Array): string => {
  const end = bytes.length > longestRaw ? characterStart(bytes, longestRaw) : bytes.length
  const text = decoder.decode(bytes.subarray(0, end))
  return text.includes("\0") || text.includes("\ufffd") ? escaped(bytes) : text
}
