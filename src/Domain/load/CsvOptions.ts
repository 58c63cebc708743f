import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { encodingOf, encodings } from "./Encoding.ts"

const isSign = (text: string): boolean => /^[\t\x20-\x7e]$/.test(text)

const signOr = (complaint: string) =>
  Schema.String.check(Schema.makeFilter((text: string) => isSign(text) || complaint))

const Sign = signOr("give one ASCII character that can be seen, or a blank or a tab")

const SignOrNone = Schema.NullOr(
  signOr("give one ASCII character that can be seen, or a blank or a tab, or none"),
)

const KnownLabel = Schema.String.check(
  Schema.makeFilter(
    (label: string) =>
      encodingOf(label) !== null ||
      `"${label}" is no encoding that is supported, such as utf-8, utf-16le, windows-1252 or shift_jis`,
  ),
)

/** An encoding by any of its labels in the WHATWG Encoding Standard; kept by its name there. */
const EncodingLabel = KnownLabel.pipe(
  Schema.decodeTo(Schema.Literals(encodings), {
    decode: SchemaGetter.transform((label) => encodingOf(label)!),
    encode: SchemaGetter.transform((encoding) => encoding),
  }),
)

/** More lines before a header are a mistake. */
const mostSkippedLines = 10_000

/** More texts for NULL are a mistake, and cost time with every field. */
const mostNullValues = 100

/** No field holds a NUL or half of a surrogate pair, and Postgres stores neither. */
const NullValue = Schema.String.check(
  Schema.makeFilter(
    (text: string) =>
      (text.isWellFormed() && !text.includes("\0")) || "give texts without NUL and without lone surrogates",
  ),
)

const signs = ["delimiter", "quote", "comment"] as const

type SignOptions = Partial<Record<"delimiter" | "quote" | "comment" | "escape", string | null>>

/** Two signs of one meaning could not be told apart; the escape alone may be the quote. */
const clash = (options: SignOptions) => {
  for (const [index, first] of signs.entries())
    for (const second of signs.slice(index + 1))
      if (options[first] != null && options[first] === options[second]) return [first, second] as const
  if (options.escape != null && options.escape === options.delimiter) return ["delimiter", "escape"] as const
  return undefined
}

/** Refuses options of which two signs are the same; the issue is the second one's. */
export const signsDiffer = Schema.makeFilter((options: SignOptions) => {
  const equal = clash(options)
  if (equal === undefined) return true
  const [first, second] = equal
  return { path: [second], issue: `${second} and ${first} are the same character: give two different ones` }
})

/**
 * What a user may say about a CSV file. What is said is obeyed; what is left out is found out from the file.
 */
export const CsvOptions = Schema.Struct({
  /** Stands between two fields. */
  delimiter: Schema.optionalKey(Sign),
  /** Encloses a field; `null`: nothing does. */
  quote: Schema.optionalKey(SignOrNone),
  /** Before a quote in a quoted field; the quote itself means that it is doubled. */
  escape: Schema.optionalKey(Sign),
  encoding: Schema.optionalKey(EncodingLabel),
  /**
   * Whether the first record names the columns. Left out, it does; `"auto"`: by the types of its cells. Without
   * a header the columns are `column_1`, `column_2`…
   */
  header: Schema.optionalKey(Schema.Union([Schema.Literal("auto"), Schema.Boolean])),
  /** Lines before the first record. */
  skipLines: Schema.optionalKey(Schema.Natural.check(Schema.isLessThanOrEqualTo(mostSkippedLines))),
  /** A line that begins so is no record; `null`: there are no such lines. */
  comment: Schema.optionalKey(SignOrNone),
  /** Texts that are NULL where they stand without quotes, besides the empty one. */
  nullValues: Schema.optionalKey(Schema.Array(NullValue).check(Schema.isMaxLength(mostNullValues))),
}).check(signsDiffer)
export type CsvOptions = typeof CsvOptions.Type
