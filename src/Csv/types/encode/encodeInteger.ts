import { digitsEnd, minus, plus, spacesEnd, spacesStart, zero } from "../../../Bytes/Ascii.ts"
import type { Encoder } from "./Encoder.ts"
import { writeHalves, writeSum } from "./int64.ts"

/** Digits of a number that fits in 31 bits in any case. */
const smallDigits = 9
const maxDigits = 19

/** A longer number is split before this many digits, and this is the most before them within 64 bits. */
const lowDigits = 10
const maxHigh = 922_337_203

/** The number that at most 15 digits write. */
const valueOf = (bytes: Uint8Array, from: number, to: number): number => {
  let value = 0
  for (let at = from; at < to; at++) value = 10 * value + bytes[at]! - zero
  return value
}

/** Writes a number of 10 to 19 digits as a 64-bit integer. */
const writeLong = (
  bytes: Uint8Array,
  from: number,
  to: number,
  isNegative: boolean,
  out: DataView,
  at: number,
): number => {
  const high = valueOf(bytes, from, to - lowDigits)
  const low = valueOf(bytes, to - lowDigits, to)
  if (high > maxHigh) return -1
  // high × 10¹⁰ is high × 5¹⁰ × 2¹⁰, of which the first product is a safe integer.
  const multiple = high * 5 ** lowDigits
  const upper = Math.floor(multiple / 64)
  const lower = (multiple - upper * 64) * 1024 + low
  return isNegative ? writeSum(out, at, -upper, -lower) : writeSum(out, at, upper, lower)
}

/** A small whole number at once; `null` if it is longer, or has a plus sign or spaces. */
const smallValue = (bytes: Uint8Array, from: number, to: number): number | null => {
  const isNegative = bytes[from] === minus
  const start = isNegative ? from + 1 : from
  if (to - start > smallDigits || start >= to) return null
  let value = 0
  for (let at = start; at < to; at++) {
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) return null
    value = 10 * value + digit
  }
  return isNegative ? -value : value
}

/** Whole numbers of 64 bits: digits after an optional sign, between optional spaces. */
export const encodeBigint: Encoder = (bytes, from, to, out, at) => {
  const small = smallValue(bytes, from, to)
  if (small !== null) return writeHalves(out, at, small >> 31, small)
  const begin = spacesEnd(bytes, from, to)
  const end = spacesStart(bytes, begin, to)
  const isSigned = begin < end && (bytes[begin] === minus || bytes[begin] === plus)
  const digits = isSigned ? begin + 1 : begin
  if (digits === end || digitsEnd(bytes, digits, end) !== end) return -1
  let start = digits
  while (start < end - 1 && bytes[start] === zero) start++
  if (end - start > maxDigits) return -1
  const isNegative = bytes[begin] === minus
  if (end - start >= lowDigits) return writeLong(bytes, start, end, isNegative, out, at)
  const value = valueOf(bytes, start, end)
  return isNegative ? writeHalves(out, at, -value >> 31, -value) : writeHalves(out, at, 0, value)
}

/** The same of 32 bits. */
export const encodeInteger: Encoder = (bytes, from, to, out, at) => {
  const end = encodeBigint(bytes, from, to, out, at)
  if (end === -1) return -1
  const low = out.getInt32(at + 4)
  if (out.getInt32(at) !== low >> 31) return -1
  out.setInt32(at, low)
  return at + 4
}

/** The same of 16 bits. */
export const encodeSmallint: Encoder = (bytes, from, to, out, at) => {
  const end = encodeInteger(bytes, from, to, out, at)
  if (end === -1) return -1
  const low = out.getInt16(at + 2)
  if (out.getInt16(at) !== low >> 15) return -1
  out.setInt16(at, low)
  return at + 2
}
