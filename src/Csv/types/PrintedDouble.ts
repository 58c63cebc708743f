import { asciiText, digitsEnd, isDigit, minus, plus, point, zero } from "../../Bytes/Ascii.ts"
import { isShortestDecimal } from "./ShortestDecimal.ts"

/**
 * Whether Postgres prints the double nearest to a number exactly as the number is written: with the fewest digits that
 * identify the double, and with an exponent of at least two digits below -4 and from 15 on (`float8out` since Postgres
 * 12, with `extra_float_digits` above 0).
 */

/** A decimal of up to this many significant digits survives the round trip through a double (`DBL_DIG`). */
export const safeDigits = 15
/** No double is printed with more digits. */
const maxDigits = 17
/** A double with more zeros after the point is printed with an exponent. */
const maxLeadingZeros = 3

const printed = (value: number): string => {
  const [digits, power] = value.toExponential().split("e") as [string, string]
  const exponent = Number(power)
  if (exponent >= -4 && exponent < safeDigits) return String(value)
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`
}

/**
 * Whether the printed number lies exactly between two doubles. ECMAScript prints `1e+23`, which rounds to even and so
 * back to the same double; Postgres prints `9.999999999999999e+22`. Below the lower limit such a number has more than
 * 17 digits, above the upper one its factor 5^n has too many bits.
 */
const isHalfway = (value: number, text: string): boolean => {
  if (value < 2 ** 53 || value > 1e40) return false
  const [digits, power] = text.split("e") as [string, string]
  const [whole, fraction = ""] = digits.split(".") as [string, string?]
  const decimal = BigInt(whole + fraction) * 10n ** BigInt(Number(power) - fraction.length)
  const mirrored = 2n * decimal - BigInt(value)
  return mirrored !== BigInt(value) && BigInt(Number(mirrored)) === mirrored
}

/** The rule applied literally, 6 to 9 times slower than `isShortestDecimal`. The text has no sign. */
const isPrintedText = (text: string): boolean => {
  const value = Number(text)
  return Number.isFinite(value) && value !== 0 && printed(value) === text && !isHalfway(value, text)
}

/** `bytes[from, to)` has a point at `dot`, no sign and no superfluous leading zero. */
export const isPrintedDecimal = (bytes: Uint8Array, from: number, dot: number, to: number): boolean => {
  const whole = dot - from
  const fraction = to - dot - 1
  if (bytes[to - 1] === zero || whole > safeDigits) return false
  let digits = whole + fraction
  if (bytes[from] === zero) {
    let zeros = 0
    while (bytes[dot + 1 + zeros] === zero) zeros++
    if (zeros > maxLeadingZeros) return false
    digits = fraction - zeros
  }
  if (digits <= safeDigits) return true
  if (digits > maxDigits) return false
  return isShortestDecimal(bytes, from, to, fraction) ?? isPrintedText(asciiText(bytes, from, to))
}

/** `bytes[from, to)` has an `e` at `letter`, before it only digits with at most one point, and no sign. */
export const isPrintedScientific = (bytes: Uint8Array, from: number, letter: number, to: number): boolean => {
  const sign = bytes[letter + 1]
  const exponentDigits = to - letter - 2
  const isExponent =
    (sign === minus || sign === plus) &&
    (exponentDigits === 2 || exponentDigits === 3) &&
    digitsEnd(bytes, letter + 2, to) === to
  if (!isExponent) return false
  // One digit, or one digit, a point, and more digits that do not end in 0.
  const fraction = Math.max(0, letter - from - 2)
  const isNormal =
    isDigit(bytes[letter - 1]!) &&
    bytes[from] !== zero &&
    bytes[from + 1] === (fraction === 0 ? bytes[letter] : point)
  if (!isNormal || (fraction > 0 && bytes[letter - 1] === zero) || fraction >= maxDigits) return false
  if (sign === minus && exponentDigits === 2) {
    const exponent = 10 * (bytes[letter + 2]! - zero) + bytes[letter + 3]! - zero
    if (exponent <= 4) return false
    if (fraction < safeDigits) return true
    const isShortest = isShortestDecimal(bytes, from, letter, fraction + exponent)
    if (isShortest !== null) return isShortest
  }
  return isPrintedText(asciiText(bytes, from, to))
}
