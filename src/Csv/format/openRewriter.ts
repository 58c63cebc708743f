import * as Effect from "effect/Effect"
import { backslash } from "../../Bytes/Ascii.ts"
import type { CsvOptions } from "../../Domain/load/options/CsvOptions.ts"
import { byteOf, type Dialect } from "../record/Dialect.ts"
import { detectFormat } from "../sample/detectFormat.ts"
import type { Sample } from "../record/Sample.ts"
import { type Lookahead, prefixSize } from "../sample/Lookahead.ts"
import { DelimiterRewriter } from "../rewrite/DelimiterRewriter.ts"
import { detectRareFormat } from "./detectRareFormat.ts"
import { EscapesRewriter } from "../rewrite/EscapesRewriter.ts"
import { QuotedRowsRewriter } from "../rewrite/QuotedRowsRewriter.ts"
import type { TextRewriter } from "../rewrite/TextRewriter.ts"

/** How a text is rewritten, and how it is read then. */
interface Rewriting {
  readonly rewriter: TextRewriter
  /** The options for the rewritten text. */
  readonly options: CsvOptions
  /** The dialect of the file where it differs from that of the rewritten text. */
  readonly dialect: Partial<Pick<Dialect, "delimiter" | "quote" | "escape">> & { readonly quotedRows?: true }
}

/** Control characters for a delimiter of several characters. Text hardly has them. */
const separators = [0x1f, 0x1e, 0x1d, 0x1c, 0x01]

const ofDelimiter = (bytes: Uint8Array, delimiter: string, options: CsvOptions): Rewriting => {
  const replacement =
    delimiter === " " ? byteOf(delimiter) : (separators.find((byte) => !bytes.includes(byte)) ?? 0x1f)
  const quote = options.quote === undefined ? '"' : options.quote
  return {
    rewriter: new DelimiterRewriter(delimiter, replacement, byteOf(quote)),
    options: { ...options, delimiter: String.fromCharCode(replacement), quote },
    dialect: { delimiter },
  }
}

const ofEscapes = (delimiter: string | null, quote: string | null, options: CsvOptions): Rewriting => ({
  rewriter: new EscapesRewriter(byteOf(delimiter), quote === null ? null : byteOf(quote)),
  options: {
    ...options,
    ...(delimiter === null ? {} : { delimiter }),
    quote: quote ?? '"',
    escape: quote === null ? '"' : "\\",
  },
  dialect: { quote, escape: "\\" },
})

const rewriting = Effect.fnUntraced(function* (text: Lookahead, { bytes }: Sample, options: CsvOptions) {
  const { delimiter, escape, quote, quotedRows } = options
  if (quotedRows === true)
    return { rewriter: new QuotedRowsRewriter(), options, dialect: { quotedRows } } satisfies Rewriting
  if (delimiter != null && (delimiter.length > 1 || delimiter === " "))
    return ofDelimiter(bytes, delimiter, options)
  if (escape === undefined || byteOf(escape) !== backslash) return null
  const isGiven = delimiter !== undefined && quote !== undefined
  const { dialect } = isGiven ? { dialect: { delimiter, quote } } : yield* detectFormat(text, options)
  return ofEscapes(dialect.delimiter, dialect.quote, options)
})

/**
 * Recognizes a format that is rewritten before it is read, given or detected: a delimiter of several characters or runs of
 * spaces, backslash escapes outside quotes, lines that are quoted as a whole. Leaves the text unread.
 */
export const openRewriter = Effect.fnUntraced(function* (text: Lookahead, given: CsvOptions) {
  const sample = yield* text.peek(prefixSize)
  const detected = detectRareFormat(sample, given)
  const options = { ...given, ...detected.options }
  const rewritten: Rewriting | null = yield* rewriting(text, sample, options)
  return {
    rewriter: rewritten?.rewriter ?? null,
    options: rewritten?.options ?? options,
    dialect: rewritten?.dialect ?? {},
    warnings: detected.warnings,
  }
})
