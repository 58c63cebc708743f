import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"

/** Index after the first lines of a text, or its length if it has no more. LF, CRLF and a lone CR each end a line. */
export const firstLinesEnd = (bytes: Uint8Array, lines: number): number => {
  let at = 0
  for (let line = 0; line < lines && at < bytes.length; line++) {
    while (at < bytes.length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at++
    if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) at++
    at++
  }
  return Math.min(at, bytes.length)
}
