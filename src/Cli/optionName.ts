import { LoadOptions } from "../Domain/load/options/LoadOptions.ts"
import { ScheduleOptions } from "../Domain/refresh/ScheduleOptions.ts"

/** The flag of an option of the API: `--table-name` of `tableName`. */
export const flagOf = (option: string): string =>
  option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** The option of the API that a flag, without its hyphens, stands for: `tableName` of `table-name`. */
export const optionOf = (flag: string): string =>
  flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

const names = Object.keys({ ...LoadOptions.fields, ...ScheduleOptions.fields })
const anyOf = (some: ReadonlyArray<string>): string => `(?:${some.join("|")})`
/** Not a part of a URL, of a longer word, of a text in quotes, or of an object in braces. */
const start = '(?<![\\w"?&=/.-])(?<!\\{[^}]*)'
/** Up to the punctuation of the sentence. */
const value = "(?:\\S*[^\\s.,;:?!)`\"']|[;,|:])"

/**
 * An option with its value, an option that is called one, or a name that is no word of a sentence. A name such as `columns` alone may be
 * one, and is left as it is.
 */
const mention = new RegExp(
  `${start}(?:(?<option>${anyOf(names)})=(?<value>${value})|(?<name>(?<=\\boption )${anyOf(names)}|${anyOf(names.filter((name) => /[A-Z]/.test(name)))})(?![\\w="]))`,
  "g",
)

const quoted = (text: string): string =>
  /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

/** An option with its value as it is written on the command line. */
export const writtenFlag = (option: string, value: string): string => `--${flagOf(option)} ${quoted(value)}`

/** Names the options in a message of the API as the command line does: `--on-bad-row pad` for `onBadRow=pad`. */
export const withFlags = (message: string): string =>
  message.replaceAll(mention, (_, option?: string, given?: string, name?: string) =>
    option === undefined ? `--${flagOf(name ?? "")}` : writtenFlag(option, given ?? ""),
  )
