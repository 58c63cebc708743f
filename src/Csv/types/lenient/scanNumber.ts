import {
  asciiText,
  comma,
  isDigit,
  lowerCase,
  minus,
  plus,
  point,
  singleQuote,
  space,
  zero,
} from "../../../Bytes/Ascii.ts"

/** Characters beyond ASCII that may be part of a number, as three bytes of UTF-8; two of them if the first is 0. */
const code = (character: string): number => {
  const bytes = new TextEncoder().encode(character)
  return bytes.reduce((sum, byte) => (sum << 8) | byte, 0)
}
const [noBreakSpace, narrowSpace, thinSpace, figureSpace, apostrophe, minusSign] = [
  ..."\u00a0\u202f\u2009\u2007\u2019\u2212",
].map(code)
/** Currency signs; a column has at most one of them. */
export const currencySigns = ["$", "€", "£", "¥", "₹", "₽", "₺", "₩", "₪", "₫", "₴", "¢"] as const
const signCodes: ReadonlyMap<number, number> = new Map(
  currencySigns.map((sign, index) => [code(sign), index + 1]),
)
/** Characters that separate thousands besides the point and the comma. */
export const thousands = "\u00a0\u202f\u2009\u2007 '\u2019"

const leftParenthesis = 0x28
const rightParenthesis = 0x29
const percentSign = 0x25

/** Ways to read a number: its decimal places follow a point, or a comma. */
export const DecimalSign = { point: 1, comma: 2 } as const

/** Significant digits that every double keeps. */
const maxDoubleDigits = 15
/** Digits of a whole number that is a `bigint` in any case. */
const maxBigintDigits = 18

/** A longer text is no number that a person wrote. */
export const maxNumberBytes = 64

/** The last number that `scanNumber` has read. One object for all of them, because a load reads billions. */
export const scanned = {
  /** The decimal signs with which it is a number, and those with which it is a whole one. */
  signs: 0,
  whole: 0,
  hasPercent: false,
  hasParentheses: false,
  /** Number of its currency sign from 1; 0: none. */
  currency: 0,
  hasExponent: false,
  /** It is written as Postgres reads it, if its decimal sign is a point. */
  isPlain: false,
  /** It has more digits than every double keeps, or a size that no double has; more digits than every `bigint` has. */
  isLong: false,
  isBeyondBigint: false,
}

/** The character at `at` as in `code`; its length is in `width`. */
let width = 1
const characterAt = (bytes: Uint8Array, at: number, to: number): number => {
  const byte = bytes[at]!
  width = 1
  if (byte < 0x80 || at + 1 >= to) return byte
  if (byte < 0xe0) {
    width = 2
    return (byte << 8) | bytes[at + 1]!
  }
  width = 3
  return at + 2 < to ? (byte << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]! : byte
}

const isBlank = (character: number): boolean =>
  character === space ||
  character === noBreakSpace ||
  character === narrowSpace ||
  character === thinSpace ||
  character === figureSpace

const isSeparator = (character: number): boolean =>
  isBlank(character) || character === singleQuote || character === apostrophe

/** The digits and separators of the number, which start and end with a digit or a decimal sign. */
let bodyFrom = 0
let bodyTo = 0

/** Reads what stands before and after the digits. Returns false if that is no number. */
const readAround = (bytes: Uint8Array, from: number, to: number): boolean => {
  let signs = 0
  let at = from
  for (; at < to; at += width) {
    const character = characterAt(bytes, at, to)
    if (isDigit(bytes[at]) || character === point || character === comma) break
    const currency = signCodes.get(character) ?? 0
    if (currency > 0 && scanned.currency === 0) scanned.currency = currency
    else if (character === leftParenthesis && signs === 0) {
      scanned.hasParentheses = true
      signs++
    } else if ((character === minus || character === plus || character === minusSign) && signs === 0) signs++
    else if (!isBlank(character)) return false
  }
  bodyFrom = at
  let last = at
  for (; at < to; at += width) {
    const character = characterAt(bytes, at, to)
    const isBody = isDigit(bytes[at]) || character === point || character === comma || isSeparator(character)
    const isExponent = (bytes[at]! | lowerCase) === 0x65 || bytes[at] === minus || bytes[at] === plus
    if (!isBody && !isExponent) break
    if (!isBlank(character)) last = at + width
  }
  bodyTo = last
  let isClosed = !scanned.hasParentheses
  for (at = last; at < to; at += width) {
    const character = characterAt(bytes, at, to)
    const currency = signCodes.get(character) ?? 0
    if (currency > 0 && scanned.currency === 0 && !scanned.hasPercent) scanned.currency = currency
    else if (character === percentSign && !scanned.hasPercent) scanned.hasPercent = true
    else if (character === rightParenthesis && !isClosed) isClosed = true
    else if (!isBlank(character)) return false
  }
  return isClosed && bodyTo > bodyFrom
}

/** Reads the digits with this decimal sign; the other one may separate thousands. */
const readDigits = (bytes: Uint8Array, decimalSign: number): void => {
  const sign = decimalSign === point ? DecimalSign.point : DecimalSign.comma
  const other = decimalSign === point ? comma : point
  let isWhole = true
  let separator = 0
  let group = 0
  let hasDigit = false
  let at = bodyFrom
  for (; at < bodyTo; at += width) {
    const character = characterAt(bytes, at, bodyTo)
    if (isDigit(bytes[at])) {
      group++
      hasDigit = true
      continue
    }
    if (character !== other && !isSeparator(character)) break
    // A group of thousands has three digits, except the first one, and all separators are the same.
    if (separator === 0 ? group === 0 || group > 3 : group !== 3 || character !== separator) return
    separator = character
    group = 0
  }
  if (separator !== 0 && (group !== 3 || bytes[bodyFrom] === zero || bytes[bodyFrom - 1] === plus)) return
  if (at < bodyTo && bytes[at] === decimalSign) {
    isWhole = false
    let digits = 0
    for (at++; at < bodyTo && isDigit(bytes[at]); at++) digits++
    hasDigit ||= digits > 0
  }
  if (at < bodyTo && hasDigit) {
    if ((bytes[at]! | lowerCase) !== 0x65 || separator !== 0) return
    isWhole = false
    at++
    if (bytes[at] === minus || bytes[at] === plus) at++
    let digits = 0
    for (; at < bodyTo && isDigit(bytes[at]); at++) digits++
    if (digits === 0 || digits > 3) return
    scanned.hasExponent = true
  }
  if (!hasDigit || at !== bodyTo) return
  scanned.signs |= sign
  if (isWhole) scanned.whole |= sign
}

/** Counts the digits. Returns false for a superfluous zero at the start: the number is a code. */
const countDigits = (bytes: Uint8Array): boolean => {
  let digits = 0
  for (let at = bodyFrom; at < bodyTo && (bytes[at]! | lowerCase) !== 0x65; at++)
    if (isDigit(bytes[at])) digits++
  scanned.isLong = digits > maxDoubleDigits
  scanned.isBeyondBigint = digits > maxBigintDigits
  return bytes[bodyFrom] !== zero || bodyTo - bodyFrom < 2 || !isDigit(bytes[bodyFrom + 1])
}

const plainText = new Uint8Array(maxNumberBytes + 1)

/** Whether there are only digits, points and ASCII letters and signs of numbers, and nothing separates thousands. */
const isPlainText = (bytes: Uint8Array, from: number, to: number): boolean => {
  if ((scanned.signs & DecimalSign.point) === 0) return false
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!
    const isPart =
      isDigit(byte) || byte === point || byte === minus || byte === plus || (byte | lowerCase) === 0x65
    if (!isPart) return false
  }
  return true
}

/** Whether a double can hold the size of a number with an exponent: it is neither too large nor rounded to zero. */
const isDouble = (bytes: Uint8Array, from: number): boolean => {
  const end = writeScanned(bytes, from, scanned.signs === DecimalSign.comma, plainText)
  const size = Math.abs(Number(asciiText(plainText, 0, end)))
  if (size > 0) return size < Infinity
  const exponent = plainText.findIndex((byte) => (byte | lowerCase) === 0x65)
  return plainText.subarray(0, exponent).every((byte) => byte <= zero)
}

/**
 * Reads a number with thousands, a percent or currency sign, a sign of any kind, or parentheses for a negative amount, into
 * `scanned`. Returns whether it is one.
 */
export const scanNumber = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (from >= to || to - from > maxNumberBytes) return false
  scanned.signs = 0
  scanned.whole = 0
  scanned.hasPercent = false
  scanned.hasParentheses = false
  scanned.currency = 0
  scanned.hasExponent = false
  if (!readAround(bytes, from, to)) return false
  readDigits(bytes, point)
  readDigits(bytes, comma)
  if (scanned.signs === 0 || !countDigits(bytes)) return false
  scanned.isPlain = isPlainText(bytes, from, to)
  if (scanned.hasExponent) scanned.isLong ||= !isDouble(bytes, from)
  return true
}

/**
 * Writes the number that `scanNumber` has read to `out`, as Postgres reads numbers, and returns its length. It is not longer
 * than the text.
 */
export const writeScanned = (
  bytes: Uint8Array,
  from: number,
  isCommaDecimal: boolean,
  out: Uint8Array,
): number => {
  let length = 0
  let isNegative = scanned.hasParentheses
  for (let at = from; at < bodyFrom; at += width) {
    const character = characterAt(bytes, at, bodyFrom)
    if (character === minus || character === minusSign) isNegative = true
  }
  if (isNegative) out[length++] = minus
  const decimalSign = isCommaDecimal ? comma : point
  for (let at = bodyFrom; at < bodyTo; at++) {
    const byte = bytes[at]!
    if (byte === decimalSign) out[length++] = point
    else if (isDigit(byte) || (byte | lowerCase) === 0x65 || byte === minus || byte === plus)
      out[length++] = byte
  }
  return length
}
