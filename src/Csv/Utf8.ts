/**
 * How many bytes follow a first byte of a well-formed UTF-8 sequence; 0 for a byte no sequence starts with
 * (The Unicode Standard, Table 3-7). ASCII is not asked for.
 */
export const continuations: Uint8Array = (() => {
  const counts = new Uint8Array(256)
  counts.fill(1, 0xc2, 0xe0)
  counts.fill(2, 0xe0, 0xf0)
  counts.fill(3, 0xf0, 0xf5)
  return counts
})()

/** Least second byte: keeps out overlong forms. */
export const leastSecond = (first: number): number => (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80)

/** Greatest second byte: keeps out surrogates and what is beyond U+10FFFF. */
export const greatestSecond = (first: number): number =>
  first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
