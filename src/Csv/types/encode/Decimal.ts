import {
  asciiText,
  digitsEnd,
  minus,
  plus,
  point,
  spacesEnd,
  spacesStart,
  zero,
} from "../../../Bytes/Ascii.ts"

/** A larger exponent is outside of the range of every type (half of the largest 32-bit integer, as in `numeric_in`). */
const maxExponent = 2 ** 30 - 2

/** The last number that `scanDecimal` has read. One object for all numbers, because a load reads billions. */
export const decimal = {
  isNegative: false,
  /** Start and end of the digits, with at most one point among them. */
  start: 0,
  end: 0,
  /** Number of digits before the point. */
  wholeDigits: 0,
  fractionDigits: 0,
  exponent: 0,
}

/** The exponent `bytes[from, to)`, with an optional sign; `null` if it is none. */
const exponentOf = (bytes: Uint8Array, from: number, to: number): number | null => {
  const isNegative = bytes[from] === minus
  const start = isNegative || bytes[from] === plus ? from + 1 : from
  if (start >= to || digitsEnd(bytes, start, to) !== to) return null
  let exponent = 0
  for (let at = start; at < to; at++) exponent = Math.min(10 * exponent + bytes[at]! - zero, maxExponent + 1)
  if (exponent > maxExponent) return null
  return isNegative ? -exponent : exponent
}

/**
 * Reads a decimal number into `decimal`: digits with an optional point, sign and exponent, between optional spaces. Returns
 * whether `bytes[from, to)` is one.
 */
export const scanDecimal = (bytes: Uint8Array, from: number, to: number): boolean => {
  const begin = spacesEnd(bytes, from, to)
  const end = spacesStart(bytes, begin, to)
  if (begin === end) return false
  const first = bytes[begin]
  decimal.isNegative = first === minus
  const start = first === minus || first === plus ? begin + 1 : begin
  const whole = digitsEnd(bytes, start, end)
  const last = whole < end && bytes[whole] === point ? digitsEnd(bytes, whole + 1, end) : whole
  decimal.start = start
  decimal.end = last
  decimal.wholeDigits = whole - start
  decimal.fractionDigits = last === whole ? 0 : last - whole - 1
  if (decimal.wholeDigits + decimal.fractionDigits === 0) return false
  decimal.exponent = 0
  if (last === end) return true
  if ((bytes[last]! | 0x20) !== 0x65) return false
  const exponent = exponentOf(bytes, last + 1, end)
  decimal.exponent = exponent ?? 0
  return exponent !== null
}

const specials: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  infinity: Infinity,
  "+inf": Infinity,
  "+infinity": Infinity,
  "-inf": -Infinity,
  "-infinity": -Infinity,
}

const longestSpecial = 9

/** `NaN` or an infinity, in any letter case and between optional spaces; `null` if it is none. */
export const specialNumber = (bytes: Uint8Array, from: number, to: number): number | null => {
  const begin = spacesEnd(bytes, from, to)
  const end = spacesStart(bytes, begin, to)
  if (end - begin > longestSpecial) return null
  return specials[asciiText(bytes, begin, end).toLowerCase()] ?? null
}
