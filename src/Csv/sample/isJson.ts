import { backslash, carriageReturn, doubleQuote, lineFeed, space, tab } from "../../Bytes/Ascii.ts"

const isOneOf = (byte: number, characters: string): boolean => characters.includes(String.fromCharCode(byte))

/**
 * Start of a JSON document: an object with its first name in quotes, or an array of objects or arrays. A quoted CSV field
 * would have doubled quotes.
 */
const jsonOpening = /^\s*(?:\{\s*"(?:[^"\\]|\\.)*"\s*:|\[\s*\{\s*"(?:[^"\\]|\\.)*"\s*:|\[\s*\[\s*["\d[{-])/s
/** A whole text that can only be a response without data. */
const emptyJson = /^\s*(?:\[\s*\]|\{\s*\}|null)\s*$/
/** The first byte of JSON, or of a blank that is not ASCII. Most files begin with another one, and need not be decoded. */
const mayBegin = (byte: number): boolean => byte >= 0x80 || isOneOf(byte, "{[n\v")
const isJsonType = /^\s*[\w.-]+\/(?:[\w.+-]*\+)?(?:json|x-ndjson|ndjson|jsonl|json-lines)\b/i

/** End of the JSON value that starts at `from`, found by brackets and quotes; -1: not in these bytes. */
const endOfJson = (bytes: Uint8Array, from: number): number => {
  let depth = 0
  let isInQuotes = false
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (isInQuotes) {
      if (byte === backslash) i++
      else if (byte === doubleQuote) isInQuotes = false
    } else if (byte === doubleQuote) isInQuotes = true
    else if (isOneOf(byte, "{[")) depth++
    else if (isOneOf(byte, "}]") && --depth === 0) return i + 1
  }
  return -1
}

/**
 * Whether a text starts with a JSON document, or is JSON lines. A value followed by other text in its line is a CSV cell.
 *
 * @param start index of the first character that is not blank
 */
export const isJson = (bytes: Uint8Array, start: number, contentType: string | null): boolean => {
  const isDeclared = isJsonType.test(contentType ?? "") && isOneOf(bytes[start] ?? 0, "{[")
  if (!mayBegin(bytes[start] ?? 0)) return false
  const text = new TextDecoder().decode(bytes.subarray(start))
  if (emptyJson.test(text)) return true
  if (!isDeclared && !jsonOpening.test(text)) return false
  let end = endOfJson(bytes, start)
  if (end === -1) return true
  while (bytes[end] === space || bytes[end] === tab) end++
  return end >= bytes.length || bytes[end] === lineFeed || bytes[end] === carriageReturn
}
