import { backslash, carriageReturn, doubleQuote, lineFeed, space, tab } from "../../Bytes/Ascii.ts"

const isOneOf = (byte: number, signs: string): boolean => signs.includes(String.fromCharCode(byte))

/**
 * How a JSON document begins: an object with a first name in quotes, or an array of such, of arrays or of nothing.
 * CSV would double the quotes.
 */
const jsonOpening = /^\s*(?:\{\s*"(?:[^"\\]|\\.)*"\s*:|\[\s*\{\s*"(?:[^"\\]|\\.)*"\s*:|\[\s*\[\s*["\d[{-])/s
const isJsonType = /^\s*[\w.-]+\/(?:[\w.+-]*\+)?(?:json|x-ndjson|ndjson|jsonl|json-lines)\b/i

/** Where the JSON value ends that begins at `from`, by its brackets and quotes; -1: not in these bytes. */
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
 * Whether a text begins as a JSON document, or as one such a line. A value with more behind it in its line is a cell.
 *
 * @param start of what is not blank
 */
export const isJson = (bytes: Uint8Array, start: number, contentType: string | null): boolean => {
  const isToldSo = isJsonType.test(contentType ?? "") && isOneOf(bytes[start] ?? 0, "{[")
  const text = new TextDecoder().decode(bytes.subarray(start))
  if (!isToldSo && !jsonOpening.test(text)) return false
  let end = endOfJson(bytes, start)
  if (end === -1) return true
  while (bytes[end] === space || bytes[end] === tab) end++
  return end >= bytes.length || bytes[end] === lineFeed || bytes[end] === carriageReturn
}

/**
 * Whether a text begins as an XML document: with the declaration, or with an element directly within another. A name
 * of a column may be in such brackets too (`<DATE>`), but is not closed by a slash.
 *
 * @param text its first characters that are not blank
 */
export const isXml = (text: string, contentType: string | null): boolean =>
  /^<\?xml\s/i.test(text) ||
  (/^<[a-z_][\w:.-]*(?:\s[^<>]*)?>\s*</i.test(text) && /<\/|\/>/.test(text)) ||
  (text.startsWith("<") && /^\s*[\w.-]+\/(?:[\w.+-]*\+)?xml\b/i.test(contentType ?? ""))
