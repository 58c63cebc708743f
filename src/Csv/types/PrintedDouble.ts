import { verdict } from "./DecimalDouble.ts"
import { asciiText, digitsEnd, isDigit, minus, plus, point, zero } from "./Digits.ts"

/**
 * Whether a number is what Postgres 12 and later print for the double that is nearest to it (`float8out`, with
 * `extra_float_digits` above 0): the fewest digits that lead back to the double, with an exponent of two digits
 * or more when it is below -4 or from 15.
 */

/** So many digits and no more are the same again after a way through a double, whatever they are (`DBL_DIG`). */
export const safeDigits = 15
/** No double is printed with more digits. */
const mostDigits = 17
/** A double with more zeros behind the point is printed with an exponent. */
const mostLeadingZeros = 3

const parts = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/** Bits of the significand of a double, and one more for what lies between two of them. */
const bitsBetween = 54

/**
 * Whether a decimal of up to 17 digits lies exactly between two doubles: odd, in binary, after 54 digits. 5 to the
 * power of 24 has more digits than that, and what is divisible by 25 has, divided, fewer.
 */
const isBetweenDoubles = (text: string): boolean => {
  const [, whole = "", fraction = "", power = "0"] = parts.exec(text) ?? []
  const exponent = Number(power) - fraction.length
  if (exponent < -1 || exponent > 23) return false
  const digits = BigInt(whole + fraction)
  if (exponent < 0 && digits % 5n !== 0n) return false
  const binary = (exponent < 0 ? digits / 5n : digits * 5n ** BigInt(exponent)).toString(2)
  return binary.replace(/0+$/, "").length === bitsBetween
}

const printed = (value: number): string => {
  const [digits, power] = value.toExponential().split("e") as [string, string]
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 15) return String(value)
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`
}

/**
 * The same of a number as a string, without its sign; slow. ECMAScript finds the digits that Postgres finds
 * (`Number::toString`) but for one case: it also takes those exactly between two doubles if rounding to even leads
 * back from there, and Postgres does not: it prints `1e23` as `9.999999999999999e+22`.
 */
const isPrintedText = (text: string): boolean => {
  const value = Number(text)
  return Number.isFinite(value) && value !== 0 && printed(value) === text && !isBetweenDoubles(text)
}

/** Of `bytes[from, to)`, digits and perhaps a point, at most 17 digits from the first that is not 0. */
const isPrintedDigits = (bytes: Uint8Array, from: number, to: number, exponent: number): boolean | null => {
  let left = 0
  for (let at = from; at < to; at++) if (bytes[at] !== point) left++
  let high = 0
  let low = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!
    if (byte === point) continue
    if (left-- > 8) high = 10 * high + byte - zero
    else low = 10 * low + byte - zero
  }
  const said = verdict(high, low, exponent)
  return said === "unclear" ? null : said === "printed"
}

/** Digits with a point at `dot`, without a sign and without a superfluous zero before them. */
export const isPrintedDecimal = (bytes: Uint8Array, from: number, dot: number, to: number): boolean => {
  const whole = dot - from
  const fraction = to - dot - 1
  if (bytes[to - 1] === zero || whole > safeDigits) return false
  let digits = whole + fraction
  if (bytes[from] === zero) {
    let zeros = 0
    while (bytes[dot + 1 + zeros] === zero) zeros++
    if (zeros > mostLeadingZeros) return false
    digits = fraction - zeros
  }
  if (digits <= safeDigits) return true
  if (digits > mostDigits) return false
  return isPrintedDigits(bytes, from, to, fraction) ?? isPrintedText(asciiText(bytes, from, to))
}

/** Exponents whose text is tried the fast way: `e-05` to `e-99`. */
const isOrdinary = (bytes: Uint8Array, letter: number, to: number): boolean =>
  to - letter === 4 &&
  bytes[letter + 1] === minus &&
  (bytes[letter + 2] !== zero || bytes[letter + 3]! > zero + 4)

/** A number with its `e` at `letter`, behind digits with perhaps a point among them; no sign. */
export const isPrintedScientific = (bytes: Uint8Array, from: number, letter: number, to: number): boolean => {
  const sign = bytes[letter + 1]
  if ((sign !== minus && sign !== plus) || to - letter < 4 || digitsEnd(bytes, letter + 2, to) !== to)
    return false
  // One digit, or one, a point, and more that do not end in 0.
  const fraction = Math.max(0, letter - from - 2)
  const isNormal =
    isDigit(bytes[letter - 1]!) &&
    bytes[from] !== zero &&
    bytes[from + 1] === (fraction === 0 ? bytes[letter] : point)
  if (!isNormal || (fraction > 0 && bytes[letter - 1] === zero) || fraction >= mostDigits) return false
  if (isOrdinary(bytes, letter, to)) {
    if (fraction < safeDigits) return true
    const exponent = 10 * (bytes[letter + 2]! - zero) + bytes[letter + 3]! - zero
    const isPrinted = isPrintedDigits(bytes, from, letter, fraction + exponent)
    if (isPrinted !== null) return isPrinted
  }
  return to - letter <= 5 && isPrintedText(asciiText(bytes, from, to))
}
