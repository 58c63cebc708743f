import { isDigit, minus, plus, point, zero } from "./Digits.ts"
import type { ValueKind } from "./ValueKind.ts"
import { backslash, colon, doubleQuote } from "../../Bytes/Ascii.ts"

/** A larger value could become a jsonb larger than Postgres allows (256 MiB for what is in an array). */
const mostBytes = 16 * 1024 * 1024
/** Deeper nesting is an attack or a mistake; Postgres and the walk below go as deep as the stack. */
const mostDepth = 256
/** A number that needs more is no number of a double's range, and Postgres would print hundreds of zeros. */
const mostExponent = 308
const mostNumberBytes = 1000

const leftBracket = 0x5b
const rightBracket = 0x5d
const leftBrace = 0x7b
const rightBrace = 0x7d

const isNumberByte = (byte: number): boolean =>
  isDigit(byte) || byte === point || byte === minus || byte === plus || byte === 0x65 || byte === 0x45

/** Index behind the string that begins at `from`, or `to`. */
const stringEnd = (bytes: Uint8Array, from: number, to: number): number => {
  let at = from + 1
  while (at < to && bytes[at] !== doubleQuote) at += bytes[at] === backslash ? 2 : 1
  return at + 1
}

/** Whether jsonb keeps the number: not one that is too large, and no negative zero. */
const isKept = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (to - from > mostNumberBytes) return false
  let hasDigit = false
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!
    if (byte === 0x65 || byte === 0x45) {
      let exponent = 0
      for (let digit = at + 1; digit < to; digit++)
        if (isDigit(bytes[digit]!)) exponent = Math.min(10 * exponent + bytes[digit]! - zero, 10_000)
      if (exponent > mostExponent) return false
      break
    }
    if (isDigit(byte) && byte !== zero) hasDigit = true
  }
  return hasDigit || bytes[from] !== minus
}

/** The number of colons outside strings, which is that of keys; -1 when jsonb would not keep the value. */
const keysIn = (bytes: Uint8Array, from: number, to: number): number => {
  let keys = 0
  let depth = 0
  for (let at = from; at < to;) {
    const byte = bytes[at]!
    if (byte === doubleQuote) {
      at = stringEnd(bytes, at, to)
      continue
    }
    if (byte === minus || isDigit(byte)) {
      const start = at
      while (at < to && isNumberByte(bytes[at]!)) at++
      if (!isKept(bytes, start, at)) return -1
      continue
    }
    if (byte === colon) keys++
    else if (byte === leftBrace || byte === leftBracket) depth++
    else if (byte === rightBrace || byte === rightBracket) depth--
    if (depth > mostDepth) return -1
    at++
  }
  return keys
}

/** A character jsonb has not, NUL, or half of one. */
const isOddText = (text: string): boolean => text.includes("\0") || !text.isWellFormed()

/** Whether jsonb has all the texts in it. */
const areTextsKept = (value: unknown): boolean => {
  if (typeof value === "string") return !isOddText(value)
  if (typeof value !== "object" || value === null) return true
  return Object.entries(value).every(([key, item]) => !isOddText(key) && areTextsKept(item))
}

/** The number of keys of all objects in it. */
const keysOf = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0
  let keys = 0
  if (Array.isArray(value)) for (const item of value) keys += keysOf(item)
  else for (const key of Object.keys(value)) keys += 1 + keysOf(value[key as keyof typeof value])
  return keys
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isJson = (bytes: Uint8Array, from: number, to: number): boolean => {
  const first = bytes[from]
  const last = bytes[to - 1]
  const isObject = first === leftBrace && last === rightBrace
  const isArray = first === leftBracket && last === rightBracket
  if ((!isObject && !isArray) || to - from > mostBytes) return false
  const keys = keysIn(bytes, from, to)
  if (keys < 0) return false
  const text = decoder.decode(bytes.subarray(from, to))
  const value = parsed(text)
  // A key that stands twice in an object is parsed into one. Only escapes can bring in texts that are odd.
  return value !== undefined && keysOf(value) === keys && (!text.includes("\\u") || areTextsKept(value))
}

/**
 * JSON objects and arrays (RFC 8259) of which jsonb keeps the value. It does not keep the text: blanks, the order
 * of keys, and the spelling of strings (`\u00e9`) and of exponents (`1e2`), none of which means anything in JSON.
 * What does mean something, and would be lost or refused, makes the column text: a key twice in one object,
 * `-0`, `\u0000`, half of a surrogate pair, numbers beyond a double's range. A number, a string, `true` or `null`
 * alone is no JSON: it is taken for what it is in a CSV file.
 */
export const jsonKind: ValueKind = {
  start: 1,
  look: (bytes, from, to) => (isJson(bytes, from, to) ? 1 : 0),
  type: () => "jsonb",
}
