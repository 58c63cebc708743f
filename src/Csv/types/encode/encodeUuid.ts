import { minus } from "../../../Bytes/Ascii.ts"
import type { Encoder } from "./Encoder.ts"

const textLength = 36
const notHex = 0xff

/** The value of each byte as a hexadecimal digit. */
const digits: Uint8Array = (() => {
  const table = new Uint8Array(256).fill(notHex)
  for (const [value, digit] of [..."0123456789abcdef"].entries()) {
    table[digit.charCodeAt(0)] = value
    table[digit.toUpperCase().charCodeAt(0)] = value
  }
  return table
})()

/** UUIDs of the form 8-4-4-4-12, in any letter case. */
export const encodeUuid: Encoder = (bytes, from, to, out, at) => {
  if (to - from !== textLength) return -1
  let next = from
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) if (bytes[next++] !== minus) return -1
    const high = digits[bytes[next]!]!
    const low = digits[bytes[next + 1]!]!
    if ((high | low) > 0xf) return -1
    out.setUint8(at + index, (high << 4) | low)
    next += 2
  }
  return at + 16
}
