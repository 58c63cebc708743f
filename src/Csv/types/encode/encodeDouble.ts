import { asciiText, point, spacesEnd, spacesStart, zero } from "../../../Bytes/Ascii.ts"
import { nearestDouble, powersOfTen } from "../ShortestDecimal.ts"
import { decimal, scanDecimal, specialNumber } from "./Decimal.ts"
import type { Encoder } from "./Encoder.ts"

/** A whole number of this many digits is a double exactly. */
const exactDigits = 15
const mostDigits = 17
const maxPower = powersOfTen.length - 1

/** The double nearest to the number in `decimal`, which is not 0, without its sign; NaN if this arithmetic does not decide. */
const quickValue = (bytes: Uint8Array, first: number): number => {
  const { end, exponent, fractionDigits } = decimal
  const scale = fractionDigits - exponent
  if (scale > maxPower || scale < -maxPower || end - first > mostDigits + 1) return NaN
  let digits = 0
  let value = 0
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!
    if (byte === point) continue
    value = 10 * value + byte - zero
    digits++
  }
  // One rounding of two exact operands (Clinger 1990).
  if (digits <= exactDigits) return scale < 0 ? value * powersOfTen[-scale]! : value / powersOfTen[scale]!
  return digits <= mostDigits && scale >= 0 ? nearestDouble(bytes, first, end, scale) : NaN
}

/** The number that the engine reads, which is the nearest double too. */
const parsedValue = (bytes: Uint8Array, from: number, to: number): number => {
  const begin = spacesEnd(bytes, from, to)
  return Math.abs(Number(asciiText(bytes, begin, spacesStart(bytes, begin, to))))
}

/** The nearest double, `NaN` or an infinity; `null` if the text is no number, or one outside of the range. */
export const doubleOf = (bytes: Uint8Array, from: number, to: number): number | null => {
  if (!scanDecimal(bytes, from, to)) return specialNumber(bytes, from, to)
  const { end, isNegative } = decimal
  let first = decimal.start
  while (first < end && (bytes[first] === zero || bytes[first] === point)) first++
  if (first === end) return isNegative ? -0 : 0
  const quick = quickValue(bytes, first)
  const value = Number.isNaN(quick) ? parsedValue(bytes, from, to) : quick
  if (value === 0 || value === Infinity) return null
  return isNegative ? -value : value
}

/** Numbers as the nearest double, unless they are outside of its range, `NaN` and infinities. */
export const encodeDouble: Encoder = (bytes, from, to, out, at) => {
  const value = doubleOf(bytes, from, to)
  if (value === null) return -1
  out.setFloat64(at, value)
  return at + 8
}
