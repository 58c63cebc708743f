/** Powers of ten that are doubles exactly. */
const powers = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const mostExponent = powers.length - 1

const half = 10 ** 8
/** Splits a double into two of 26 bits (Dekker 1971). */
const splitter = 2 ** 27 + 1
/** What the sums below may be wrong by is less by many orders. */
const margin = 1e-9

const double = new Float64Array(1)
const words = new Int32Array(double.buffer)

/** Distance from a normal double that is no power of two to its neighbours; 0 for others. */
const spacing = (value: number): number => {
  double[0] = value
  if (words[0] === 0 && (words[1]! & 0xfffff) === 0) return 0
  return 2 ** (((words[1]! >>> 20) & 0x7ff) - 1075)
}

/** What is left of `dividend` − `quotient` × `divisor`, exactly, the quotient being the rounded one (Dekker 1971). */
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

export type Verdict = "printed" | "notPrinted" | "unclear"

/**
 * Whether (`high` × 10⁸ + `low`) × 10^-`exponent`, a decimal of 16 or 17 digits that does not end in 0, is what is
 * printed for the double nearest to it: the shortest decimal between the halves of the ways to its neighbours,
 * and of those as short the nearest. Some 20 times as fast as to make the double, print it and compare. On the
 * edge of anything the answer is left open.
 *
 * @param high up to 9 digits
 * @param low 8 digits
 */
export const verdict = (high: number, low: number, exponent: number): Verdict => {
  if (exponent < 0 || exponent > mostExponent) return "unclear"
  const power = powers[exponent]!
  // The decimal without its point as the sum of two doubles, then divided: `value` + `rest` is the decimal.
  const shifted = high * half
  const digits = shifted + low
  const lostDigits = low - (digits - shifted)
  const quotient = digits / power
  const correction = (remainder(digits, quotient, power) + lostDigits) / power
  const value = quotient + correction
  const rest = correction - (value - quotient)

  const halfWay = spacing(value) / 2
  if (halfWay === 0) return "unclear"
  const step = 1 / power
  // Decimals as short lie farther apart than the halves of the ways: no other is between them.
  if (step > 2 * halfWay * (1 + margin)) return "printed"
  const last = low % 10
  const toShorter = Math.min(Math.abs(rest - last * step), Math.abs(rest + (10 - last) * step))
  const edge = margin * halfWay
  if (toShorter < halfWay - edge || Math.abs(rest) > step / 2 + edge) return "notPrinted"
  const isClear =
    toShorter > halfWay + edge && Math.abs(rest) < step / 2 - edge && Math.abs(rest) < halfWay - edge
  return isClear ? "printed" : "unclear"
}
