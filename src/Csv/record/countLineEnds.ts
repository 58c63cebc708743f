import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"

/**
 * Number of physical line ends in `bytes[from, to)`: LF, CRLF and a lone CR are one each.
 *
 * @param previous the byte before `from`; a CR there has already been counted
 */
export const countLineEnds = (bytes: Uint8Array, from: number, to: number, previous: number): number => {
  let count = 0
  let last = previous
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    if (byte === carriageReturn || (byte === lineFeed && last !== carriageReturn)) count++
    last = byte
  }
  return count
}
