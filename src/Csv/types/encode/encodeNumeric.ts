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

/** @param places decimal places that are written; the others are cut off */
const writeNumeric = (
  bytes: Uint8Array,
  from: number,
  to: number,
  out: DataView,
  at: number,
  places: number,
): number => {
  if (!scanDecimal(bytes, from, to)) return encodeSpecial(bytes, from, to, out, at)
  const { end, exponent, fractionDigits, isNegative, start, wholeDigits } = decimal
  const scale = Math.max(0, Math.min(fractionDigits - exponent, places))
  if (scale > maxScale) return -1
  // The power of ten of the first digit that is not zero.
  let power = wholeDigits - 1 + exponent
  let next = start
  for (; next < end; next++) {
    const byte = bytes[next]
    if (byte === zero) power--
    else if (byte !== point) break
  }
  let left = power + places + 1
  if (next === end || left <= 0) {
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
  for (; next < end && left > 0; next++) {
    const byte = bytes[next]!
    if (byte === point) continue
    left--
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

/** Decimal numbers, exactly and with their number of decimal places, `NaN` and infinities. */
export const encodeNumeric: Encoder = (bytes, from, to, out, at) =>
  writeNumeric(bytes, from, to, out, at, Infinity)

/** Whether the `numeric` at `out[at]`, rounded half away from zero to `scale` places, has at most `precision` digits up to the last. */
const isWithin = (out: DataView, at: number, precision: number, scale: number): boolean => {
  const count = out.getUint16(at)
  const weight = out.getInt16(at + 2)
  if (count === 0) {
    const sign = out.getUint16(at + 4)
    return sign !== numericSign.infinity && sign !== numericSign.minusInfinity
  }
  /** The digit of this power of ten. */
  const digitAt = (power: number): number => {
    const index = weight - (power >> 2)
    if (index >= count) return 0
    return Math.trunc(out.getInt16(at + numericHeadBytes + digitBytes * index) / powers[power & 3]!) % 10
  }
  let power = 4 * weight + 3
  while (digitAt(power) === 0) power--
  const most = precision - scale - 1
  if (power !== most) return power < most
  // Rounding makes it longer only if it has nothing but nines.
  while (power >= -scale && digitAt(power) === 9) power--
  return power >= -scale || digitAt(power) < 5
}

/** The same for a column of `numeric(precision, scale)`: Postgres rounds the values that it takes. */
export const encodeLimitedNumeric = (
  { precision, scale }: { readonly precision: number; readonly scale: number },
  ...[bytes, from, to, out, at]: Parameters<Encoder>
): number => {
  // One more place decides how the last one is rounded.
  const end = writeNumeric(bytes, from, to, out, at, scale + 1)
  return end === -1 || !isWithin(out, at, precision, scale) ? -1 : end
}
