import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"

/**
 * Index of the first byte of the last lines of a text. A final line ending does not start another line.
 *
 * @param lines at least 1
 */
export const lastLinesStart = (bytes: Uint8Array, lines: number): number => {
  let at = bytes.length
  for (let line = 0; line < lines && at > 0; line++) {
    if (bytes[at - 1] === lineFeed) at--
    if (at > 0 && bytes[at - 1] === carriageReturn) at--
    while (at > 0 && bytes[at - 1] !== lineFeed && bytes[at - 1] !== carriageReturn) at--
  }
  return at
}
