import { asciiText, digitsEnd, minus, point, zero } from "../../Bytes/Ascii.ts"
import { isPrintedDecimal, isPrintedScientific, safeDigits } from "./PrintedDouble.ts"
import type { ValueKind } from "./ValueKind.ts"

/** Formats: the types that print every value so far as it is written. */
const bigint = 1
const numeric = 2
const double = 4
const anyType = bigint | numeric | double
/** A value was seen that only a double can have, so the column is meant to have doubles. */
const sawDouble = 8
/** A number of more digits than every double keeps. */
const sawLong = 16
/** Decimals whose point could separate thousands, such as `1.234`, and others. */
const sawEither = 32
const sawPoint = 64
/** `NaN` or an infinity, and a number. */
const sawSpecial = 128
const sawDigits = 256
const sawKinds = sawDouble | sawLong | sawEither | sawPoint | sawSpecial

const letterE = 0x65

/** Digits of a `numeric` before and after the point (Postgres documentation, 8.1.2). */
const maxWholeDigits = 131_072
const maxFractionDigits = 16_383

/** All numbers of this many digits are bigints. Those with one more have to be compared. */
const safeBigintDigits = 18
const largestBigint = "9223372036854775807"
const smallestBigint = "9223372036854775808"

/** Whether all numbers of a column are whole, within 64 bits. */
export const isWhole = (facts: number): boolean => (facts & bigint) !== 0

/** Whether all numbers of a column have few enough digits for a double. */
export const isShort = (facts: number): boolean => (facts & sawLong) === 0

/** Whether a longer number than a double keeps would be a new fact about a column that is no longer one of doubles. */
export const mayGetLong = (facts: number): boolean => (facts & (double | sawLong)) === 0

/** Whether a column has `NaN` or infinities, and whether it has numbers. */
export const hasSpecials = (facts: number): boolean => (facts & sawSpecial) !== 0
export const hasDigits = (facts: number): boolean => (facts & sawDigits) !== 0

/** Whether a decimal would be another number if its point separated thousands. */
export const mayHaveThousands = (facts: number): boolean => (facts & sawEither) !== 0

/** Whether a decimal has a point that cannot separate thousands. */
export const hasDecimalPoint = (facts: number): boolean => (facts & sawPoint) !== 0

/** Words that are doubles, and printed the same way. */
const specials = new Set(["NaN", "Infinity", "-Infinity"])

const specialValue = (bytes: Uint8Array, from: number, to: number): number =>
  to - from <= 9 && specials.has(asciiText(bytes, from, to)) ? double | sawDouble | sawSpecial : 0

const isInRange = (bytes: Uint8Array, start: number, to: number, isNegative: boolean): boolean =>
  asciiText(bytes, start, to) <= (isNegative ? smallestBigint : largestBigint)

/** `bytes[start, to)`: digits without a leading zero. */
const integer = (bytes: Uint8Array, start: number, to: number, isNegative: boolean): number => {
  const digits = to - start
  // Only doubles have a negative zero.
  if (isNegative && bytes[start] === zero) return double
  if (digits <= safeDigits) return anyType
  if (digits <= safeBigintDigits) return bigint | numeric | sawLong
  if (digits > maxWholeDigits) return 0
  const isBigint = digits === largestBigint.length && isInRange(bytes, start, to, isNegative)
  return (isBigint ? bigint | numeric : numeric) | sawLong
}

/** Whether all digits of `bytes[start, to)`, a decimal, are zeros. */
const isZero = (bytes: Uint8Array, start: number, to: number): boolean => {
  for (let at = start; at < to; at++) if (bytes[at] !== zero && bytes[at] !== point) return false
  return true
}

/** Digits before the point of up to one group of thousands. */
const groupDigits = 3

/** Whether the point of the decimal `bytes[start, to)` could separate thousands. */
const pointFact = (bytes: Uint8Array, start: number, whole: number, to: number): number =>
  to - whole - 1 === groupDigits && whole - start <= groupDigits && bytes[start] !== zero
    ? sawEither
    : sawPoint

/** The facts about the value alone. `facts` are the column's; formats that they exclude are not checked. */
const factsOf = (bytes: Uint8Array, from: number, to: number, facts: number): number => {
  const isNegative = bytes[from] === minus
  const start = isNegative ? from + 1 : from
  const whole = digitsEnd(bytes, start, to)
  if (whole === start) return specialValue(bytes, from, to)
  if (bytes[start] === zero && whole - start > 1) return 0
  if (whole === to) return integer(bytes, start, to, isNegative)
  const end = bytes[whole] === point ? digitsEnd(bytes, whole + 1, to) : whole
  if (end !== to) {
    const isDouble =
      bytes[end] === letterE && (facts & double) !== 0 && isPrintedScientific(bytes, start, end, to)
    return isDouble ? double | sawDouble | (whole === end ? 0 : sawPoint) : 0
  }
  const fraction = to - whole - 1
  if (fraction === 0 || fraction > maxFractionDigits || whole - start > maxWholeDigits) return 0
  if (isNegative && isZero(bytes, start, to)) return 0
  const others = (to - start > safeDigits + 1 ? sawLong : 0) | pointFact(bytes, start, whole, to)
  if ((facts & double) === 0) return numeric | others
  return (isPrintedDecimal(bytes, start, whole, to) ? numeric | double : numeric) | others
}

/**
 * Numbers as Postgres prints them: no `+`, no leading zero, a digit on both sides of the point, no negative zero. `numeric`
 * keeps the trailing zeros of each value. A column has doubles only if it contains an exponent, which no `numeric` prints,
 * or `NaN` or `Infinity`.
 */
export const numberKind: ValueKind = {
  start: anyType,
  look: (bytes, from, to, facts) => {
    const value = factsOf(bytes, from, to, facts)
    const types = facts & value & anyType
    if (types === 0) return 0
    return types | ((facts | value) & sawKinds) | ((value & sawSpecial) === 0 ? sawDigits : facts & sawDigits)
  },
  type: (facts) => {
    if ((facts & bigint) !== 0) return "bigint"
    if ((facts & numeric) !== 0) return "numeric"
    return (facts & sawDouble) === 0 ? "text" : "double precision"
  },
  original: (_, name) => `${name}::text`,
}
