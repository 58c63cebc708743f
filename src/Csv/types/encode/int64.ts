const two16 = 2 ** 16
const two32 = 2 ** 32

/** Writes `high` × 2³² + `low` as a 64-bit integer. Returns its end. */
export const writeHalves = (out: DataView, at: number, high: number, low: number): number => {
  out.setInt32(at, high)
  out.setInt32(at + 4, low)
  return at + 8
}

/**
 * Writes `high` × 2¹⁶ + `low` as a 64-bit integer, where a double cannot hold the sum. Returns its end; -1 if the sum is
 * outside of the range.
 *
 * @param high a safe integer
 * @param low an integer of at most 2⁴⁸, positive or negative
 */
export const writeSum = (out: DataView, at: number, high: number, low: number): number => {
  const highest = Math.floor(high / two16)
  const sum = (high - highest * two16) * two16 + low
  const carry = Math.floor(sum / two32)
  const upper = highest + carry
  if (upper < -0x80000000 || upper > 0x7fffffff) return -1
  return writeHalves(out, at, upper, sum - carry * two32)
}
