import { carriageReturn, lineFeed } from "../../Bytes/Ascii.ts"
import type { Dialect } from "./Dialect.ts"

/**
 * What a byte means to the scanner. `plain` bytes are copied; kinds from `delimiter` to `carriageReturn` end an unquoted
 * field.
 */
export const Kind = {
  plain: 0,
  delimiter: 1,
  lineFeed: 2,
  carriageReturn: 3,
  quote: 4,
  escape: 5,
  /** LF or CR inside quotes, where it ends a line but not the record. */
  lineBreak: 6,
  /** First byte of a multi-byte UTF-8 sequence, or an invalid byte. */
  high: 7,
  nul: 8,
} as const

/** The kind of each byte outside and inside quotes. A table, because a lookup is faster than comparisons. */
export interface ByteKinds {
  readonly unquoted: Uint8Array
  readonly quoted: Uint8Array
}

const text = (): Uint8Array => {
  const kinds = new Uint8Array(256)
  kinds[lineFeed] = Kind.lineBreak
  kinds[carriageReturn] = Kind.lineBreak
  kinds.fill(Kind.high, 0x80)
  kinds[0] = Kind.nul
  return kinds
}

export const byteKinds = (dialect: Dialect): ByteKinds => {
  const unquoted = text()
  unquoted[lineFeed] = Kind.lineFeed
  if (dialect.recordEnd === "any") unquoted[carriageReturn] = Kind.carriageReturn
  if (dialect.delimiter !== null) unquoted[dialect.delimiter.charCodeAt(0)] = Kind.delimiter
  const quoted = text()
  quoted[dialect.escape.charCodeAt(0)] = Kind.escape
  // After the escape, because the two are the same character where quotes are doubled.
  if (dialect.quote !== null) quoted[dialect.quote.charCodeAt(0)] = Kind.quote
  return { unquoted, quoted }
}

/** Index of the next byte in `chunk[from, to)` that ends a line, or `to`. */
export const lineEnd = (chunk: Uint8Array, from: number, to: number, kinds: Uint8Array): number => {
  let i = from
  while (i < to && kinds[chunk[i]!] !== Kind.lineFeed && kinds[chunk[i]!] !== Kind.carriageReturn) i++
  return i
}
