import { startsWith } from "./startsWith.ts"

const byteOrderMark = [0xef, 0xbb, 0xbf]

/** Length of the UTF-8 byte order mark at the start of a file: 3 or 0. */
export const byteOrderMarkLength = (first: Uint8Array): number =>
  startsWith(first, byteOrderMark) ? byteOrderMark.length : 0
