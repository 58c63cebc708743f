import * as Schema from "effect/Schema"
import { isStorable } from "./isStorable.ts"
import { asWritten, decimalNumber, option } from "./LoadOption.ts"

/**
 * Fields that Sluice or the connection decides. Sluice needs the file as it is, so it sends neither conditions nor
 * ranges of the user.
 */
const reserved = new Set(
  (
    "accept-encoding connection content-length content-type date expect host http2-settings if-match if-modified-since " +
    "if-none-match if-range if-unmodified-since keep-alive max-forwards proxy-authorization proxy-connection range te " +
    "trailer transfer-encoding upgrade via"
  ).split(" "),
)

const maxHeaders = 20
const maxHeaderBytes = 8192

/** RFC 9110, 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** What is wrong with headers, or `undefined`. Never contains a value, which can be a secret. */
const complaint = (headers: Readonly<Record<string, string>>): string | undefined => {
  const entries = Object.entries(headers)
  if (entries.length > maxHeaders) return `give at most ${maxHeaders} headers`
  if (entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0) > maxHeaderBytes)
    return `give headers of at most ${maxHeaderBytes} characters together`
  for (const [name, value] of entries) {
    if (name !== name.toLowerCase()) return "give each header once"
    if (!token.test(name)) return "give names of headers as HTTP allows: letters, digits and hyphens"
    if (reserved.has(name)) return `the header ${name} cannot be given: Sluice sends its own`
    if (!/^[\t\x20-\x7e]*$/.test(value)) return `the header ${name} has characters other than printable ASCII`
  }
  return undefined
}

/** Request headers by their names in lower case. */
const RequestHeaders = Schema.Record(Schema.String, Schema.String).check(
  Schema.makeFilter((headers: Readonly<Record<string, string>>) => complaint(headers) ?? true),
)

const fieldLine = /^([^:]*):[ \t]*(.*?)[ \t]*$/

/** The lines of texts, without blank ones: a file of headers may be given as one text. */
const linesOf = (texts: ReadonlyArray<Schema.Json>): ReadonlyArray<string> =>
  texts.flatMap((text) => String(text).split(/\r?\n/)).filter((line) => line.trim() !== "")

/** Reads lines such as `Accept: text/csv`. An object is returned with names in lower case. */
const readHeaders = (written: Schema.Json): Schema.Json => {
  const entries =
    typeof written === "object" && written !== null && !Array.isArray(written)
      ? Object.entries(written)
      : linesOf([written].flat()).map((line) => fieldLine.exec(line)?.slice(1))
  const headers = new Map<string, Schema.Json>()
  for (const [name, value] of entries.map((entry) => entry ?? [])) {
    if (name === undefined || value === undefined || headers.has(name.toLowerCase())) return written
    headers.set(name.toLowerCase(), value)
  }
  return Object.fromEntries(headers)
}

/** Longest `timeout`, in seconds. */
const maxTimeout = 3600

const maxEntryLength = 255

/** The name of a file in an archive, or a pattern. */
const EntryPattern = Schema.String.check(
  Schema.makeFilter(
    (text: string) =>
      (text !== "" && text.length <= maxEntryLength && isStorable(text)) ||
      `give 1 to ${maxEntryLength} characters, none of them NUL`,
    { toJsonSchema: () => ({ minLength: 1, maxLength: maxEntryLength }) },
  ),
)

/** What a user may specify about the requests for a file, and about the file in an archive. */
export const SourceOptions = Schema.Struct({
  headers: option(
    RequestHeaders,
    { read: readHeaders, alternative: { type: "array", items: { type: "string" } }, isList: true },
    {
      meaning: "Request headers for the source, such as a token or another `User-Agent`.",
      details:
        "Treated as passwords: values are shown as `***`, removed when the job ends, and never sent to another origin after a redirect. In a form, repeat the field, or give several lines in one. In JSON, an object is possible too.",
      values: "lines `Name: value`, each name once, or in JSON an object of names and values",
      examples: [["Authorization: Bearer 123"], { "User-Agent": "Mozilla/5.0" }],
      ifOmitted: "`Accept` and `User-Agent` of Sluice",
    },
  ),
  timeout: option(Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: maxTimeout })), decimalNumber, {
    meaning: "Longest wait in seconds until the source starts to send the file.",
    details:
      "For each response, and in total for responses with the status 202, which Sluice repeats until the file is ready (or requests their `Location`). A preview waits for a minute at most.",
    values: `a number of seconds from 1 to ${maxTimeout}`,
    examples: [120],
    ifOmitted: "`SOURCE_HEADER_TIMEOUT`; two minutes for 202",
  }),
  zipEntry: option(EntryPattern, asWritten, {
    meaning: "The file to load from a ZIP archive that holds several.",
    details:
      "A name, with or without its folders, in any case; `*` stands for any characters and `?` for one. Exactly one file must match. Without effect on other files.",
    values: "a file name or a pattern, such as `data.csv` or `*_data.csv`",
    examples: ["data.csv"],
    ifOmitted: "the only CSV file",
  }),
})
export type SourceOptions = typeof SourceOptions.Type
