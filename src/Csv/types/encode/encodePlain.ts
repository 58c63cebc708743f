import { minus, point, zero } from "../../../Bytes/Ascii.ts"
import { numericHeadBytes, numericSign, writeNumericHead } from "./encodeNumeric.ts"
import { writeHalves } from "./int64.ts"

/**
 * Plain numbers are short and written as every number type prints them, so they say nothing new about the type of a column
 * of numbers: at most eight digits before the point and four after it, no superfluous zero. Most numbers are plain, and these
 * functions check and encode them in one pass.
 */
const maxWholeDigits = 8
const maxFractionDigits = 4

const powers = [10_000, 1000, 100, 10, 1]

/** Writes a plain whole number as a `bigint` and returns its end; -1 if the text is none. */
export const encodePlainInteger = (
  bytes: Uint8Array,
  from: number,
  to: number,
  out: DataView,
  at: number,
): number => {
  const isNegative = bytes[from] === minus
  const start = isNegative ? from + 1 : from
  const digits = to - start
  if (digits > maxWholeDigits || digits <= 0) return -1
  if (bytes[start] === zero && (digits > 1 || isNegative)) return -1
  let value = 0
  for (let next = start; next < to; next++) {
    const digit = bytes[next]! - zero
    if (digit < 0 || digit > 9) return -1
    value = 10 * value + digit
  }
  return isNegative ? writeHalves(out, at, -1, -value) : writeHalves(out, at, 0, value)
}

/**
 * Writes a plain number as a `numeric` and returns its end; -1 if the text is none.
 *
 * @param isScaled whether a zero at the end of the decimal places is plain too, as in a column that has one already
 */
export const encodePlainDecimal = (
  bytes: Uint8Array,
  from: number,
  to: number,
  isScaled: boolean,
  out: DataView,
  at: number,
): number => {
  const isNegative = bytes[from] === minus
  const start = isNegative ? from + 1 : from
  let whole = 0
  let next = start
  for (; next < to; next++) {
    const digit = bytes[next]! - zero
    if (digit < 0 || digit > 9) break
    whole = 10 * whole + digit
  }
  const digits = next - start
  if (digits === 0 || digits > maxWholeDigits || (bytes[start] === zero && digits > 1)) return -1
  let scale = 0
  let fraction = 0
  if (next < to) {
    scale = to - next - 1
    if (bytes[next] !== point || scale === 0 || scale > maxFractionDigits) return -1
    for (next++; next < to; next++) {
      const digit = bytes[next]! - zero
      if (digit < 0 || digit > 9) return -1
      fraction = 10 * fraction + digit
    }
    if (!isScaled && bytes[to - 1] === zero) return -1
    fraction *= powers[scale]!
  }
  if (whole === 0 && fraction === 0 && isNegative) return -1
  const sign = isNegative ? numericSign.negative : numericSign.positive
  const high = Math.floor(whole / 10_000)
  const low = whole - 10_000 * high
  let end = at + numericHeadBytes
  if (high > 0) {
    out.setInt16(end, high)
    end += 2
  }
  if (low > 0 || (high > 0 && fraction > 0)) {
    out.setInt16(end, low)
    end += 2
  }
  if (fraction > 0) {
    out.setInt16(end, fraction)
    end += 2
  }
  const weight = high > 0 ? 1 : low > 0 || fraction === 0 ? 0 : -1
  writeNumericHead(out, at, (end - at - numericHeadBytes) / 2, weight, sign, scale)
  return end
}
