import * as Effect from "effect/Effect"
import { backslash } from "../../Bytes/Ascii.ts"
import type { CsvOptions } from "../../Domain/load/options/CsvOptions.ts"
import { byteOf, type Dialect } from "../record/Dialect.ts"
import { detectFormat } from "../sample/detectFormat.ts"
import { type Lookahead, prefixSize } from "../sample/Lookahead.ts"
import { DelimiterRewriter } from "./DelimiterRewriter.ts"
import { EscapesRewriter } from "./EscapesRewriter.ts"
import { hasQuotedRows, QuotedRowsRewriter } from "./QuotedRowsRewriter.ts"
import type { TextRewriter } from "./TextRewriter.ts"

/** A rare format, and how the text is read once it is rewritten. */
interface RareFormat {
  readonly rewriter: TextRewriter
  /** The user's options, for the rewritten text. */
  readonly options: CsvOptions
  /** The dialect of the file where it differs from that of the rewritten text. */
  readonly dialect: Partial<Pick<Dialect, "delimiter" | "quote" | "escape">>
  readonly quotesRows: boolean
}

/** Control characters for a delimiter of several characters. Text hardly has them. */
const separators = [0x1f, 0x1e, 0x1d, 0x1c, 0x01]

const ofDelimiter = (bytes: Uint8Array, delimiter: string, options: CsvOptions): RareFormat => {
  const replacement =
    delimiter === " " ? byteOf(delimiter) : (separators.find((byte) => !bytes.includes(byte)) ?? 0x1f)
  const quote = options.quote === undefined ? '"' : options.quote
  return {
    rewriter: new DelimiterRewriter(delimiter, replacement, byteOf(quote)),
    options: { ...options, delimiter: String.fromCharCode(replacement), quote },
    dialect: { delimiter },
    quotesRows: false,
  }
}

const ofEscapes = (delimiter: string | null, quote: string | null, options: CsvOptions): RareFormat => ({
  rewriter: new EscapesRewriter(byteOf(delimiter), quote === null ? null : byteOf(quote)),
  options: {
    ...options,
    ...(delimiter === null ? {} : { delimiter }),
    quote: quote ?? '"',
    escape: quote === null ? '"' : "\\",
  },
  dialect: { quote, escape: "\\" },
  quotesRows: false,
})

/**
 * Recognizes a format that is rewritten before it is read: a delimiter of several characters or runs of spaces (by option),
 * backslash escapes outside quotes (`escape=\`), lines that are quoted as a whole (detected). `null` for any other file.
 * Leaves the text unread.
 */
export const openRewriter = Effect.fnUntraced(function* (text: Lookahead, options: CsvOptions) {
  const { delimiter, escape, quote } = options
  if (delimiter !== undefined && (delimiter.length > 1 || delimiter === " "))
    return ofDelimiter((yield* text.peek(prefixSize)).bytes, delimiter, options)
  if (escape !== undefined && byteOf(escape) === backslash) {
    const isGiven = delimiter !== undefined && quote !== undefined
    const { dialect } = isGiven ? { dialect: { delimiter, quote } } : yield* detectFormat(text, options)
    return ofEscapes(dialect.delimiter, dialect.quote, options)
  }
  if (delimiter !== undefined || quote !== undefined) return null
  const { bytes, isWhole } = yield* text.peek(prefixSize)
  if (!hasQuotedRows(new TextDecoder().decode(bytes), isWhole)) return null
  return {
    rewriter: new QuotedRowsRewriter(),
    options,
    dialect: {},
    quotesRows: true,
  } satisfies RareFormat
})
