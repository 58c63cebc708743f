import { asciiText, digitsEnd, minus, point, zero } from "./Digits.ts"
import { isPrintedDecimal, isPrintedScientific, safeDigits } from "./PrintedDouble.ts"
import type { ValueKind } from "./ValueKind.ts"

/** The types that print every value so far as it is written. */
const bigint = 1
const numeric = 2
const double = 4
const anyType = bigint | numeric | double
/** Met: a value that only a double can be, so that the column is meant to be of doubles. */
const isFloating = 8

const letterE = 0x65

/** Digits of a `numeric` before and after the point (Postgres documentation, 8.1.2). */
const mostWholeDigits = 131_072
const mostFractionDigits = 16_383

/** Digits that every bigint may have; the next one is compared. */
const safeBigintDigits = 18
const largestBigint = "9223372036854775807"
const smallestBigint = "9223372036854775808"

/** Texts that are read as numbers, and printed the same, by doubles. */
const specials = new Set(["NaN", "Infinity", "-Infinity"])

const specialValue = (bytes: Uint8Array, from: number, to: number): number =>
  to - from <= 9 && specials.has(asciiText(bytes, from, to)) ? double | isFloating : 0

const isInRange = (bytes: Uint8Array, start: number, to: number, isNegative: boolean): boolean =>
  asciiText(bytes, start, to) <= (isNegative ? smallestBigint : largestBigint)

/** `bytes[start, to)`: digits without a superfluous zero before them. */
const integer = (bytes: Uint8Array, start: number, to: number, isNegative: boolean): number => {
  const digits = to - start
  // No type but double has a zero with a sign.
  if (isNegative && bytes[start] === zero) return double
  if (digits <= safeDigits) return anyType
  if (digits <= safeBigintDigits) return bigint | numeric
  if (digits > mostWholeDigits) return 0
  const isBigint = digits === largestBigint.length && isInRange(bytes, start, to, isNegative)
  return isBigint ? bigint | numeric : numeric
}

/** Whether all of it is zeros; `bytes[start, to)` holds digits and a point. */
const isZero = (bytes: Uint8Array, start: number, to: number): boolean => {
  for (let at = start; at < to; at++) if (bytes[at] !== zero && bytes[at] !== point) return false
  return true
}

/** What a value alone says. `facts` are the column's: only what they leave open is looked at. */
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
    return isDouble ? double | isFloating : 0
  }
  const fraction = to - whole - 1
  if (fraction === 0 || fraction > mostFractionDigits || whole - start > mostWholeDigits) return 0
  if (isNegative && isZero(bytes, start, to)) return 0
  if ((facts & double) === 0) return numeric
  return isPrintedDecimal(bytes, start, whole, to) ? numeric | double : numeric
}

/**
 * Numbers, each as Postgres prints it: no `+`, no superfluous zero before it, a digit on both sides of a point,
 * no negative zero. `numeric` keeps the zeros at the end of a fraction, each value its own. A column is of
 * doubles only when it holds what no `numeric` prints, an exponent, or is meant for doubles (`NaN`, `Infinity`).
 */
export const numberKind: ValueKind = {
  start: anyType,
  look: (bytes, from, to, facts) => {
    const value = factsOf(bytes, from, to, facts)
    const types = facts & value & anyType
    return types === 0 ? 0 : types | ((facts | value) & isFloating)
  },
  type: (facts) => {
    if ((facts & bigint) !== 0) return "bigint"
    if ((facts & numeric) !== 0) return "numeric"
    return (facts & isFloating) === 0 ? "text" : "double precision"
  },
}
