import { asciiText } from "../../../Bytes/Ascii.ts"
import { decimal } from "./Decimal.ts"
import { doubleOf } from "./encodeDouble.ts"
import type { Encoder } from "./Encoder.ts"

const float = new DataView(new ArrayBuffer(4))
/** What follows the largest number of 32 bits. */
const beyond = 2 ** 128

/** The number of 32 bits after or before `value`, which is not negative. */
const neighbour = (value: number, step: 1 | -1): number => {
  float.setFloat32(0, value)
  float.setInt32(0, float.getInt32(0) + step)
  return float.getFloat32(0)
}

const sign = (value: bigint): number => (value > 0n ? 1 : value < 0n ? -1 : 0)

/** Compares the number in `decimal`, without its sign, with a double: 1 if it is larger, -1 if it is smaller. */
const compareWith = (bytes: Uint8Array, value: number): number => {
  const digits = BigInt(asciiText(bytes, decimal.start, decimal.end).replace(".", ""))
  const power = decimal.exponent - decimal.fractionDigits
  // The value is a whole number of this fraction, the smallest one that has half of the smallest number of 32 bits.
  const fraction = 2n ** 200n
  const whole = BigInt(value * 2 ** 200)
  const ten = 10n ** BigInt(Math.abs(power))
  return sign(power < 0 ? digits * fraction - whole * ten : digits * ten * fraction - whole)
}

/**
 * The nearest number of 32 bits. Rounding twice would be wrong where the double is midway between two of them and the decimal is not.
 *
 * @param value the double nearest to the number in `decimal`, positive
 */
const nearestReal = (bytes: Uint8Array, value: number): number => {
  const nearest = Math.fround(value)
  if (nearest === value) return nearest
  const below = nearest < value ? nearest : neighbour(nearest, -1)
  const above = nearest < value ? neighbour(nearest, 1) : nearest
  if (value !== (below + Math.min(above, beyond)) / 2) return nearest
  const order = compareWith(bytes, value)
  return order === 0 ? nearest : order > 0 ? above : below
}

/** Numbers as the nearest one of 32 bits, unless they are outside of its range, `NaN` and infinities. */
export const encodeReal: Encoder = (bytes, from, to, out, at) => {
  const value = doubleOf(bytes, from, to)
  if (value === null) return -1
  const isExact = value === 0 || !Number.isFinite(value)
  const size = isExact ? Math.abs(value) : nearestReal(bytes, Math.abs(value))
  if (!isExact && (size === 0 || size === Infinity)) return -1
  out.setFloat32(at, value < 0 || Object.is(value, -0) ? -size : size)
  return at + 4
}
