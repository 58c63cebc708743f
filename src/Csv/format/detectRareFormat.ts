import { type LoadWarning, loadWarning } from "../../Domain/load/LoadWarning.ts"
import type { CsvOptions } from "../../Domain/load/options/CsvOptions.ts"
import { firstLinesEnd } from "../record/firstLinesEnd.ts"
import type { Sample } from "../record/Sample.ts"
import { findDelimiter } from "./findDelimiter.ts"
import { type Escapes, findEscapes } from "./findEscapes.ts"
import { findSpaces } from "./findSpaces.ts"
import { hasQuotedRows } from "./hasQuotedRows.ts"

/** A rare format as the options that a user would give for it, and the warnings that say so. */
export interface RareFormat {
  readonly options: Pick<CsvOptions, "delimiter" | "quote" | "escape" | "quotedRows" | "nullValues">
  readonly warnings: ReadonlyArray<LoadWarning>
}

/** Bytes at the beginning in which signs of a rare delimiter are looked for. */
const textSize = 4096

const quotedRows: RareFormat = {
  options: { quotedRows: true },
  warnings: [
    loadWarning(
      "quoted_rows",
      "Lines are quoted as a whole, and hold several cells each. The quotes around the lines are removed. To keep them, give quotedRows=false.",
    ),
  ],
}

const separatedBy = (name: string): LoadWarning =>
  loadWarning(
    "rare_delimiter",
    `Values are separated by ${name}, because every line then has the same number of values. If that is wrong, give another delimiter.`,
  )

const escapesFound: Readonly<Record<Escapes, RareFormat>> = {
  all: {
    options: { escape: "\\" },
    warnings: [
      loadWarning(
        "backslash_escapes",
        String.raw`Backslashes outside quotes are escapes, as in MySQL and COPY: \N is NULL, and a character after a backslash is text. To keep them, give escape=".`,
      ),
    ],
  },
  null: {
    options: { nullValues: [String.raw`\N`] },
    warnings: [
      loadWarning("backslash_escapes", String.raw`Values of \N are NULL. To keep them, give nullValues=[].`),
    ],
  },
}

const controlName = (delimiter: string): string =>
  delimiter < " " ? `\\x${delimiter.charCodeAt(0).toString(16).padStart(2, "0")}` : delimiter

const delimiterFormat = (sample: Sample, text: string, options: CsvOptions): RareFormat | null => {
  const delimiter = findDelimiter(sample, text)
  if (delimiter !== null) return { options: { delimiter }, warnings: [separatedBy(controlName(delimiter))] }
  const spaces = findSpaces(sample, text, options.quote)
  if (spaces === null) return null
  return { options: { delimiter: " ", quote: spaces.quote }, warnings: [separatedBy("spaces")] }
}

/**
 * Detects a format that is rewritten before it is read, or that is too rare to be tried for every file. What the user gives
 * is not detected.
 */
export const detectRareFormat = (sample: Sample, options: CsvOptions): RareFormat => {
  const { delimiter, escape, nullValues, quote, quotedRows: isQuoted, skipLines = 0 } = options
  const bytes = sample.bytes.subarray(firstLinesEnd(sample.bytes, skipLines))
  const table = { bytes, isWhole: sample.isWhole }
  if (isQuoted === undefined && delimiter === undefined && quote === undefined) {
    if (hasQuotedRows(new TextDecoder().decode(bytes), table.isWhole)) return quotedRows
  }
  if (isQuoted === true) return { options: {}, warnings: [] }
  const text = new TextDecoder().decode(bytes.subarray(0, textSize))
  const separated = delimiter === undefined ? delimiterFormat(table, text, options) : null
  const known = separated === null ? delimiter : separated.options.delimiter
  const mayBeEscaped = known !== null && (known === undefined || (known.length === 1 && known !== " "))
  const found = escape === undefined && mayBeEscaped ? findEscapes(table, known, quote) : null
  const escapes = found === "null" && nullValues !== undefined ? null : found
  return {
    options: { ...separated?.options, ...(escapes === null ? {} : escapesFound[escapes].options) },
    warnings: [...(separated?.warnings ?? []), ...(escapes === null ? [] : escapesFound[escapes].warnings)],
  }
}
