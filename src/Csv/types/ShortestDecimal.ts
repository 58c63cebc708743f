import { point, zero } from "../../Bytes/Ascii.ts"

/** Powers of ten that are doubles exactly. */
export const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/** Splits a double into two of 26 bits (Dekker 1971). */
const splitter = 2 ** 27 + 1
/** The errors of the sums below are smaller by orders of magnitude. */
const margin = 1e-9

const double = new Float64Array(1)
const words = new Int32Array(double.buffer)

/** The distance from a normal double to its neighbours; 0 for a power of two, whose neighbours differ in distance. */
const spacing = (value: number): number => {
  double[0] = value
  if (words[0] === 0 && (words[1]! & 0xfffff) === 0) return 0
  return 2 ** (((words[1]! >>> 20) & 0x7ff) - 1075)
}

/** `dividend` − `quotient` × `divisor`, exactly, if the quotient is the rounded one (Dekker 1971). */
const remainder = (dividend: number, quotient: number, divisor: number): number => {
  const product = quotient * divisor
  const quotientBits = splitter * quotient
  const quotientHigh = quotientBits - (quotientBits - quotient)
  const quotientLow = quotient - quotientHigh
  const divisorBits = splitter * divisor
  const divisorHigh = divisorBits - (divisorBits - divisor)
  const divisorLow = divisor - divisorHigh
  const error =
    quotientLow * divisorLow -
    (product - quotientHigh * divisorHigh - quotientLow * divisorHigh - quotientHigh * divisorLow)
  return dividend - product - error
}

/** The last result of `divide`, and the last eight digits of its dividend. */
const quotient = { value: 0, rest: 0, low: 0 }

/**
 * Divides the digits `bytes[from, to)`, at most 17 with perhaps a point among them, by `power`. `value` + `rest` is the
 * quotient, `value` the double nearest to it.
 */
const divide = (bytes: Uint8Array, from: number, to: number, power: number): void => {
  // The digits as high × 10⁸ + low, both exact, then as the sum of two doubles.
  let high = 0
  let low = 0
  let scale = 1
  for (let at = to - 1; at >= from; at--) {
    if (bytes[at] === point) continue
    const digit = bytes[at]! - zero
    if (scale < 1e8) low += digit * scale
    else high += digit * scale
    scale *= 10
  }
  const digits = high + low
  const lostDigits = low - (digits - high)
  const rounded = digits / power
  const correction = (remainder(digits, rounded, power) + lostDigits) / power
  quotient.value = rounded + correction
  quotient.rest = correction - (quotient.value - rounded)
  quotient.low = low
}

/** The double nearest to the decimal that `isShortestDecimal` describes; NaN if it is too close to a limit to decide. */
export const nearestDouble = (bytes: Uint8Array, from: number, to: number, exponent: number): number => {
  divide(bytes, from, to, powersOfTen[exponent]!)
  const { rest, value } = quotient
  return Math.abs(rest) < (spacing(value) / 2) * (1 - margin) ? value : NaN
}

/**
 * Whether a decimal of 16 or 17 digits is the one printed for the double nearest to it: the shortest decimal that rounds
 * to the double, and the nearest of those. `null` if it is too close to a limit to decide. Decision 22 gives the reason
 * for this arithmetic.
 *
 * @param from where the digits start, with perhaps a point among them; the last one is not 0
 * @param exponent the value is the digits × 10^-`exponent`
 */
export const isShortestDecimal = (
  bytes: Uint8Array,
  from: number,
  to: number,
  exponent: number,
): boolean | null => {
  const power = powersOfTen[exponent]
  if (power === undefined) return null
  divide(bytes, from, to, power)
  const { low, rest, value } = quotient

  const halfWay = spacing(value) / 2
  if (halfWay === 0) return null
  const step = 1 / power
  // The next decimal of this length rounds to another double.
  if (step > 2 * halfWay * (1 + margin)) return true
  const last = low % 10
  const toShorter = Math.min(Math.abs(rest - last * step), Math.abs(rest + (10 - last) * step))
  const edge = margin * halfWay
  if (toShorter < halfWay - edge || Math.abs(rest) > step / 2 + edge) return false
  return toShorter > halfWay + edge && Math.abs(rest) < Math.min(step / 2, halfWay) - edge ? true : null
}
