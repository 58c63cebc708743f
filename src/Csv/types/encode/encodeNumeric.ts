import { point, zero } from "../../../Bytes/Ascii.ts"
import { decimal, scanDecimal, specialNumber } from "./Decimal.ts"
import type { Encoder } from "./Encoder.ts"

/**
 * The binary form of a `numeric` (`numeric_recv`): the number of digits to the base 10,000, the weight of the first one (its
 * power of 10,000), the sign and the number of decimal places, in 16 bits each, and then the digits, in 16 bits each.
 */
const numericHeadBytes = 8
const digitBytes = 2
const numericSign = {
  positive: 0,
  negative: 0x4000,
  nan: 0xc000,
  infinity: 0xd000,
  minusInfinity: 0xf000,
} as const

/** Decimal places and weight that a `numeric` can have (Postgres documentation, 8.1.2). */
const maxScale = 16_383
const maxWeight = 32_767

const powers = [1, 10, 100, 1000]

const writeNumericHead = (
  out: DataView,
  at: number,
  digits: number,
  weight: number,
  signOf: number,
  scale: number,
): void => {
  out.setUint16(at, digits)
  out.setInt16(at + 2, weight)
  out.setUint16(at + 4, signOf)
  out.setUint16(at + 6, scale)
}

const encodeSpecial: Encoder = (bytes, from, to, out, at) => {
  const value = specialNumber(bytes, from, to)
  if (value === null) return -1
  const infinite = value > 0 ? numericSign.infinity : numericSign.minusInfinity
  writeNumericHead(out, at, 0, 0, Number.isNaN(value) ? numericSign.nan : infinite, 0)
  return at + numericHeadBytes
}

/** Decimal numbers, exactly and with their number of decimal places, `NaN` and infinities. */
export const encodeNumeric: Encoder = (bytes, from, to, out, at) => {
  if (!scanDecimal(bytes, from, to)) return encodeSpecial(bytes, from, to, out, at)
  const { end, exponent, fractionDigits, isNegative, start, wholeDigits } = decimal
  const scale = Math.max(0, fractionDigits - exponent)
  if (scale > maxScale) return -1
  // The power of ten of the first digit that is not zero.
  let power = wholeDigits - 1 + exponent
  let next = start
  for (; next < end; next++) {
    const byte = bytes[next]
    if (byte === zero) power--
    else if (byte !== point) break
  }
  if (next === end) {
    writeNumericHead(out, at, 0, 0, numericSign.positive, scale)
    return at + numericHeadBytes
  }
  const weight = power >> 2
  if (weight > maxWeight) return -1
  let written = at + numericHeadBytes
  // The end without the zeros at the end, which Postgres does not store.
  let kept = written
  let digit = 0
  let missing = 1 + (power & 3)
  for (; next < end; next++) {
    const byte = bytes[next]!
    if (byte === point) continue
    digit = 10 * digit + byte - zero
    if (--missing > 0) continue
    out.setInt16(written, digit)
    written += digitBytes
    if (digit !== 0) kept = written
    digit = 0
    missing = 4
  }
  if (digit !== 0) {
    out.setInt16(written, digit * powers[missing]!)
    kept = written + digitBytes
  }
  writeNumericHead(
    out,
    at,
    (kept - at - numericHeadBytes) / digitBytes,
    weight,
    isNegative ? numericSign.negative : numericSign.positive,
    scale,
  )
  return kept
}
