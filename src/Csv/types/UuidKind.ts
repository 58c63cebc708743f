import { minus } from "../../Bytes/Ascii.ts"
import type { ValueKind } from "./ValueKind.ts"

const lower = 1
const upper = 2

const uuidLength = 36

const isHyphen = (index: number): boolean => index === 8 || index === 13 || index === 18 || index === 23

/** The cases that each byte fits. A lookup is cheaper than comparisons. */
const cases: Uint8Array = (() => {
  const table = new Uint8Array(256)
  for (const digit of "0123456789") table[digit.charCodeAt(0)] = lower | upper
  for (const letter of "abcdef") table[letter.charCodeAt(0)] = lower
  for (const letter of "ABCDEF") table[letter.charCodeAt(0)] = upper
  return table
})()

const factsOf = (bytes: Uint8Array, from: number, to: number): number => {
  if (to - from !== uuidLength) return 0
  let facts = lower | upper
  for (let index = 0; index < uuidLength; index++) {
    const byte = bytes[from + index]!
    if (!isHyphen(index)) facts &= cases[byte]!
    else if (byte !== minus) return 0
  }
  return facts
}

/**
 * UUIDs of the form 8-4-4-4-12, in lower case in all values or in upper case in all. RFC 9562, section 4, allows both;
 * Postgres prints lower case.
 */
export const uuidKind: ValueKind = {
  start: lower | upper,
  look: (bytes, from, to, facts) => facts & factsOf(bytes, from, to),
  type: () => "uuid",
  original: (facts, name) => ((facts & lower) !== 0 ? `${name}::text` : `upper(${name}::text)`),
}
