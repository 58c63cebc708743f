/**
 * Number of continuation bytes after the first byte of a UTF-8 sequence (The Unicode Standard, Table 3-7); 0 for ASCII
 * and for a byte that starts no sequence.
 */
export const continuations: Uint8Array = (() => {
  const counts = new Uint8Array(256)
  counts.fill(1, 0xc2, 0xe0)
  counts.fill(2, 0xe0, 0xf0)
  counts.fill(3, 0xf0, 0xf5)
  return counts
})()

/** Smallest valid second byte: excludes overlong forms. */
export const leastSecond = (first: number): number => (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80)

/** Largest valid second byte: excludes surrogates and code points above U+10FFFF. */
export const greatestSecond = (first: number): number =>
  first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf

/** Length of the valid character at `at`; 0 if there is none. */
export const characterLength = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at]!
  if (first < 0x80) return 1
  const lacking = continuations[first]!
  if (lacking === 0 || at + lacking >= bytes.length) return 0
  const second = bytes[at + 1]!
  if (second < leastSecond(first) || second > greatestSecond(first)) return 0
  for (let n = 2; n <= lacking; n++) if ((bytes[at + n]! & 0xc0) !== 0x80) return 0
  return 1 + lacking
}
