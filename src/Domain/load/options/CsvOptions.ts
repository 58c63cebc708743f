import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { encodingOf, encodings } from "../Encoding.ts"
import {
  asWritten,
  boolean,
  character,
  characterOrNone,
  delimiterNotation,
  list,
  option,
  wholeNumber,
} from "./LoadOption.ts"
import { NullValue } from "./NullValue.ts"

/** One ASCII character: a tab, or a printable one. */
const Character = Schema.String.check(
  Schema.makeFilter((text: string) => /^[\t -~]$/.test(text), {
    toJsonSchema: () => ({ pattern: "^[\\t -~]$" }),
  }),
)

const maxDelimiterLength = 8

/** ASCII characters other than NUL and line ends. A word is the name of a character that Sluice does not know. */
const isDelimiter = (text: string): boolean =>
  text.length > 0 &&
  text.length <= maxDelimiterLength &&
  !/^[a-z]{2,}$/i.test(text) &&
  Array.from(text).every((letter) => letter > "\0" && letter < "\x7f" && letter !== "\n" && letter !== "\r")

const Delimiter = Schema.String.check(
  Schema.makeFilter(isDelimiter, {
    toJsonSchema: () => ({
      pattern: `^(?![A-Za-z]{2,}$)[^\\u0000\\n\\r\\u007f-\\uffff]{1,${maxDelimiterLength}}$`,
    }),
  }),
)

const KnownLabel = Schema.String.check(
  Schema.makeFilter(
    (label: string) =>
      encodingOf(label) !== null ||
      `"${label}" is not a supported encoding: give a name such as utf-8, utf-16le, windows-1252 or shift_jis`,
  ),
)

/** An encoding by any of its labels in the WHATWG Encoding Standard, decoded to its name there. */
const EncodingLabel = KnownLabel.pipe(
  Schema.decodeTo(Schema.Literals(encodings), {
    decode: SchemaGetter.transform((label) => encodingOf(label)!),
    encode: SchemaGetter.transform((encoding) => encoding),
  }),
)

/** More lines before a header are a mistake. */
const maxSkipLines = 10_000

const maxHeaderRows = 3

/** More texts for NULL are a mistake, and each costs time with every field. */
const maxNullValues = 100

type CharacterOptions = Partial<Record<"delimiter" | "quote" | "comment" | "escape", string | null>>

/** Pairs of options that need two different characters. Only the escape may equal the quote. */
const distinct = [
  ["delimiter", "quote"],
  ["delimiter", "comment"],
  ["quote", "comment"],
  ["delimiter", "escape"],
] as const

/** Refuses two equal characters; the issue is reported for the second option. */
export const charactersDiffer = Schema.makeFilter((options: CharacterOptions) => {
  const equal = distinct.find(
    ([first, second]) => options[first] != null && options[first] === options[second],
  )
  if (equal === undefined) return true
  const [first, second] = equal
  return { path: [second], issue: `${second} and ${first} are the same character: give two different ones` }
})

/** Refuses options about a header that another option denies. */
export const hasDescribedHeader = Schema.makeFilter(
  (options: {
    readonly header?: boolean | "auto"
    readonly headerRows?: number
    readonly unitsRow?: boolean
  }) => {
    if (options.header === undefined || options.header === true) return true
    const described = (options.headerRows ?? 1) > 1 ? "headerRows" : options.unitsRow ? "unitsRow" : null
    if (described === null) return true
    return { path: [described], issue: `${described} needs a header: give header=true, or omit header` }
  },
)

/** What a user may specify about a CSV file. Given options are obeyed; the rest is detected from the file. */
export const CsvOptions = Schema.Struct({
  /** `null`: the table has one column. */
  delimiter: option(Schema.NullOr(Delimiter), delimiterNotation, {
    meaning: "Separates two fields.",
    details:
      "A tab may also be written `\\t`, and a control character `\\x01` or `\\u0001`. A space means any number of spaces. With `none`, or null in JSON, the table has one column.",
    values:
      "one to eight ASCII characters, such as ; or \\x01, or comma, semicolon, pipe, tab, space or none",
    examples: [";", "tab", "::", "\\x01", "none"],
  }),
  /** `null`: no character encloses a field. */
  quote: option(Schema.NullOr(Character), characterOrNone, {
    meaning: "Encloses a field.",
    details: "With `none`, null in JSON or nothing in a form, quotes are ordinary text.",
    values: "one ASCII character, such as ', or none",
    examples: ["'", "none"],
  }),
  escape: option(Character, character, {
    meaning: "Stands before a quote inside a quoted field; the quote itself means that quotes are doubled.",
    details:
      "A backslash also escapes outside quotes, as in MySQL and in Postgres's text format: `\\,` `\\t` `\\n`; a field of `\\N` is NULL.",
    values: "one ASCII character, such as \\",
    examples: ["\\"],
  }),
  quotedRows: option(Schema.Boolean, boolean, {
    meaning: 'Whether lines are quoted as a whole, such as `"1,""a"",b"`, and these quotes are removed.',
    values: "true or false",
    examples: [true, false],
  }),
  encoding: option(EncodingLabel, asWritten, {
    meaning: "The file's encoding, by any label of the WHATWG Encoding Standard.",
    details: `Supported are ${encodings.join(", ")}.`,
    values: "a name such as utf-8 or windows-1252",
    examples: ["windows-1252", "latin1"],
  }),
  header: option(Schema.Union([Schema.Literal("auto"), Schema.Boolean]), boolean, {
    meaning: "Whether the first record names the columns; otherwise they are `column_1`, `column_2`…",
    details: "`auto` decides by the types of the first record's cells.",
    values: "true, false or auto",
    examples: [false],
    default: true,
  }),
  headerRows: option(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxHeaderRows })),
    wholeNumber,
    {
      meaning: "Rows of the header, whose names are joined by a space.",
      details:
        "An empty cell above a name takes the name to its left, as merged cells do: `Travel,,Total` above `Air,Rail,` is `Travel Air`, `Travel Rail` and `Total`. With more than one row, the header starts in the first line, or after `skipLines`.",
      values: `a whole number from 1 to ${maxHeaderRows}`,
      examples: [2],
    },
  ),
  unitsRow: option(Schema.Boolean, boolean, {
    meaning: "Whether the line below the header is skipped, because it has units.",
    details:
      "It is kept as a skipped line of kind `preamble`. With `true`, the header starts in the first line, or after `skipLines`.",
    values: "true or false",
    examples: [true, false],
  }),
  skipLines: option(Schema.Natural.check(Schema.isLessThanOrEqualTo(maxSkipLines)), wholeNumber, {
    meaning: "Lines to skip before the header.",
    values: `a whole number from 0 to ${maxSkipLines}`,
    examples: [3],
  }),
  skipFooter: option(Schema.Natural.check(Schema.isLessThanOrEqualTo(maxSkipLines)), wholeNumber, {
    meaning: "Lines to skip at the end of the file.",
    details:
      "They are kept as skipped lines of kind `footer`. A blank line counts, a final line ending does not.",
    values: `a whole number from 0 to ${maxSkipLines}`,
    examples: [2],
    ifOmitted: "a footer is recognized by its form",
  }),
  /** `null`: no line is a comment. */
  comment: option(Schema.NullOr(Character), characterOrNone, {
    meaning: "Lines that start with this character are skipped.",
    details: "With `none`, null in JSON or nothing in a form, no line is a comment.",
    values: "one ASCII character, such as #, or none",
    examples: ["#"],
  }),
  nullValues: option(Schema.Array(NullValue).check(Schema.isMaxLength(maxNullValues)), list, {
    meaning: "Unquoted texts that mean NULL, besides the empty field.",
    details: "A form repeats the field, or has a JSON array. A number means its digits.",
    values: `a text, or a list of at most ${maxNullValues} texts`,
    examples: [["NA", "NULL"]],
    default: [],
    ifOmitted: "only an empty field is NULL",
  }),
}).check(charactersDiffer, hasDescribedHeader)
export type CsvOptions = typeof CsvOptions.Type
