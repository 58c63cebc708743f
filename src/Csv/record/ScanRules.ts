import { carriageReturn, lineFeed, space } from "../../Bytes/Ascii.ts"
import { isAmong } from "../../Bytes/isAmong.ts"
import { byteOf, type Dialect } from "./Dialect.ts"

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

/** Rare features of a dialect. The scanner checks for them only if the dialect has one. */
interface DialectExtras {
  /** The byte that is ignored before a field and after a closing quote; -1: none. */
  readonly blank: number
  /** The byte with which every line that starts with it is a comment; -1: none. */
  readonly comment: number
  /** Whether `bytes[from, to)`, an unquoted field, is one of the texts for NULL. */
  readonly isNull: (bytes: Uint8Array, from: number, to: number) => boolean
}

/** A dialect in the form that the scanner's loops use. Characters are bytes; -1: none. */
export interface ScanRules {
  /** The kind of each byte outside and inside quotes. A table, because a lookup is faster than comparisons. */
  readonly unquoted: Uint8Array
  readonly quoted: Uint8Array
  readonly delimiter: number
  readonly quote: number
  readonly escape: number
  readonly isUnquotedEmptyNull: boolean
  readonly isQuotedEmptyNull: boolean
  /** Starts a comment, unless the line has the width of the table (see `DialectExtras.comment`). */
  readonly comment: number
  /** `null` for a dialect without them, such as the standard one. */
  readonly extras: DialectExtras | null
}

const nullTest = (values: ReadonlyArray<string>): DialectExtras["isNull"] => {
  const texts = values.map((value) => new TextEncoder().encode(value)).filter((text) => text.length > 0)
  const longest = Math.max(0, ...texts.map((text) => text.length))
  return (bytes, from, to) => to - from <= longest && isAmong(bytes, from, to, texts)
}

const dialectExtras = (
  { comment, nullValues, skipInitialSpace }: Dialect,
  keepsFullComments: boolean,
): DialectExtras | null => {
  const alwaysComment = keepsFullComments ? -1 : byteOf(comment)
  return skipInitialSpace || alwaysComment !== -1 || nullValues.length > 0
    ? { blank: skipInitialSpace ? space : -1, comment: alwaysComment, isNull: nullTest(nullValues) }
    : null
}

const text = (): Uint8Array => {
  const kinds = new Uint8Array(256)
  kinds[lineFeed] = Kind.lineBreak
  kinds[carriageReturn] = Kind.lineBreak
  kinds.fill(Kind.high, 0x80)
  kinds[0] = Kind.nul
  return kinds
}

/** @param keepsFullComments a line that starts with the comment character may be a record */
export const scanRules = (dialect: Dialect, keepsFullComments = false): ScanRules => {
  const delimiter = byteOf(dialect.delimiter)
  const quote = byteOf(dialect.quote)
  const escape = byteOf(dialect.escape)
  const unquoted = text()
  unquoted[lineFeed] = Kind.lineFeed
  if (dialect.recordEnd === "any") unquoted[carriageReturn] = Kind.carriageReturn
  if (delimiter !== -1) unquoted[delimiter] = Kind.delimiter
  const quoted = text()
  quoted[escape] = Kind.escape
  // After the escape, because the two are the same character where quotes are doubled.
  if (quote !== -1) quoted[quote] = Kind.quote
  return {
    unquoted,
    quoted,
    delimiter,
    quote,
    escape,
    isUnquotedEmptyNull: dialect.nulls !== "none",
    isQuotedEmptyNull: dialect.nulls === "empty",
    comment: byteOf(dialect.comment),
    extras: dialectExtras(dialect, keepsFullComments),
  }
}

/** Index of the next byte in `chunk[from, to)` that ends a line, or `to`. */
export const lineEnd = (chunk: Uint8Array, from: number, to: number, kinds: Uint8Array): number => {
  let i = from
  while (i < to && kinds[chunk[i]!] !== Kind.lineFeed && kinds[chunk[i]!] !== Kind.carriageReturn) i++
  return i
}
