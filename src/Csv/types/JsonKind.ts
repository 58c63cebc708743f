import { backslash, colon, doubleQuote, isDigit, minus, plus, point, zero } from "../../Bytes/Ascii.ts"
import { isStorable } from "../../Domain/load/options/isStorable.ts"
import type { ValueKind } from "./ValueKind.ts"

/** A larger value could become a larger jsonb than Postgres allows (256 MiB for the elements of an array). */
const maxBytes = 16 * 1024 * 1024
/** Deeper nesting is an attack or a mistake, and could overflow the stack here and in Postgres. */
const maxDepth = 256
/** A larger number is outside of a double's range, and Postgres would print it with hundreds of zeros. */
const maxExponent = 308
const maxNumberBytes = 1000

const leftBracket = 0x5b
const rightBracket = 0x5d
const leftBrace = 0x7b
const rightBrace = 0x7d

const isNumberByte = (byte: number): boolean =>
  isDigit(byte) || byte === point || byte === minus || byte === plus || byte === 0x65 || byte === 0x45

/** Index after the string that starts at `from`; past `to` if it is unclosed. */
const stringEnd = (bytes: Uint8Array, from: number, to: number): number => {
  let at = from + 1
  while (at < to && bytes[at] !== doubleQuote) at += bytes[at] === backslash ? 2 : 1
  return at + 1
}

/** Whether jsonb keeps the number: it is not too large and not a negative zero. */
const isKept = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (to - from > maxNumberBytes) return false
  let hasDigit = false
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!
    if (byte === 0x65 || byte === 0x45) {
      let exponent = 0
      for (let digit = at + 1; digit < to; digit++)
        if (isDigit(bytes[digit]!)) exponent = Math.min(10 * exponent + bytes[digit]! - zero, 10_000)
      if (exponent > maxExponent) return false
      break
    }
    if (isDigit(byte) && byte !== zero) hasDigit = true
  }
  return hasDigit || bytes[from] !== minus
}

/** The number of keys, counted as colons outside of strings; -1 if jsonb would not keep a number or the nesting is too deep. */
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
    if (depth > maxDepth) return -1
    at++
  }
  return keys
}

/** Whether jsonb can store all texts in the value. */
const areTextsStorable = (value: unknown): boolean => {
  if (typeof value === "string") return isStorable(value)
  if (typeof value !== "object" || value === null) return true
  return Object.entries(value).every(([key, item]) => isStorable(key) && areTextsStorable(item))
}

/** The number of keys of all objects in the value. */
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
  if ((!isObject && !isArray) || to - from > maxBytes) return false
  const keys = keysIn(bytes, from, to)
  if (keys < 0) return false
  const text = decoder.decode(bytes.subarray(from, to))
  const value = parsed(text)
  // The parser merges duplicate keys of an object. Only escapes can produce text that jsonb cannot store.
  return value !== undefined && keysOf(value) === keys && (!text.includes("\\u") || areTextsStorable(value))
}

/**
 * JSON objects and arrays (RFC 8259) whose value jsonb keeps. It does not keep the text: whitespace, the order of keys, and
 * the notation of strings (`\u00e9`) and exponents (`1e2`), which have no meaning in JSON. A column is text if jsonb would
 * lose or refuse something that has: a duplicate key, `-0`, `\u0000`, a lone surrogate, or a number outside of a double's
 * range. A number, a string, `true` or `null` alone is not JSON, but an ordinary CSV value.
 */
export const jsonKind: ValueKind = {
  start: 1,
  look: (bytes, from, to) => (isJson(bytes, from, to) ? 1 : 0),
  type: () => "jsonb",
  // Its columns are stored as text until the end.
  original: (_, name) => name,
}
