import type { Encoder } from "./Encoder.ts"

const blank = 0x20

/** Whether the byte is not the first one of a character in UTF-8. */
const isContinued = (byte: number): boolean => (byte & 0xc0) === 0x80

/** Whether the text `bytes[from, to)` in UTF-8 has at most this many characters, apart from blanks after them. */
const hasAtMost = (most: number, bytes: Uint8Array, from: number, to: number): boolean => {
  if (to - from <= most) return true
  let at = from
  for (let left = most; at < to; at++) {
    if (isContinued(bytes[at]!)) continue
    if (left === 0) break
    left--
  }
  while (at < to && bytes[at] === blank) at++
  return at === to
}

/** Texts of a column of `character varying(most)` or `character(most)`, as they are: Postgres cuts off blanks, or adds them. */
export const encodeCharacters = (
  most: number,
  ...[bytes, from, to, out, at]: Parameters<Encoder>
): number => {
  if (!hasAtMost(most, bytes, from, to)) return -1
  for (let next = from; next < to; next++) out.setUint8(at + next - from, bytes[next]!)
  return at + to - from
}
