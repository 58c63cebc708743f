import { byteOf } from "../record/Dialect.ts"
import type { SampleTable } from "../detect/table/SampleTable.ts"
import type { Sample } from "../record/Sample.ts"
import { DelimiterRewriter } from "../rewrite/DelimiterRewriter.ts"
import { evenRecords, evenWidth, readAs, rewrittenSample, usualWidth } from "./SampleReading.ts"

/** Fewer records show too little. */
const minRecords = 3
/** Control characters are hardly text, so two lines are enough. */
const minControlRecords = 2

/** Candidates are looked for in this many lines. */
const maxLines = 3

const runOfMarks = /[|~^:;,#*&!@$%=+<>]{2,8}/g

const isPalindrome = (text: string): boolean => text === Array.from(text).toReversed().join("")
const isUniform = (text: string): boolean => new Set(text).size === 1

/**
 * Runs of several signs that may be a delimiter. Empty columns of spreadsheets look like doubled commas and semicolons.
 * What encloses values is not the same backwards.
 */
const longDelimiters = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const runs = lines.flatMap((line) => line.replaceAll(/"(?:[^"]|"")*"/g, '"').match(runOfMarks) ?? [])
  const likely = [...new Set(runs)].filter(
    (run) => isPalindrome(run) && !(isUniform(run) && /[,;]/.test(run)),
  )
  return likely
    .filter((run) => !likely.some((other) => other.length < run.length && run.split(other).join("") === ""))
    .slice(0, 4)
}

/** Whether the values are enclosed in the delimiter's first sign: `~a~,~b~` has `~,~` between values. */
const isEnclosing = (lines: ReadonlyArray<string>, [first = ""]: string): boolean =>
  lines.every((line) => line.startsWith(first) && line.endsWith(first))

/** Stands for a delimiter of several signs. */
const separator = 0x1f

/**
 * The number of fields of all records; 0 if they differ or are fewer than `least`, or if a usual delimiter splits the lines
 * as well. Below a title it must not split them at all.
 */
const clearWidth = (sample: Sample, table: SampleTable, least: number, except = ""): number => {
  const records = evenRecords(table)
  const width = records[0]?.width ?? 0
  if (records.length < least || width < 2) return 0
  return usualWidth(sample, except) < (records.length === table.records.length ? width : 2) ? width : 0
}

/** Whether a line of one value has a sign of the delimiter, so it is not a title. */
const isInTitle = (rewritten: SampleTable, delimiter: string): boolean =>
  rewritten.records.some(
    ({ end, start, width }) =>
      width === 1 &&
      Array.from(delimiter).some((sign) => rewritten.bytes.subarray(start, end).includes(byteOf(sign))),
  )

/**
 * Whether a delimiter of several signs splits all records evenly, and none of its signs does in other places, where it
 * would be the delimiter itself.
 */
const isLongDelimiter = (sample: Sample, delimiter: string, lines: ReadonlyArray<string>): boolean => {
  if (isEnclosing(lines, delimiter)) return false
  const rewriter = new DelimiterRewriter(delimiter, separator, byteOf('"'))
  const table = readAs(rewrittenSample(sample, rewriter), {
    delimiter: String.fromCharCode(separator),
    quote: '"',
  })
  const width = clearWidth(sample, table, minRecords, delimiter)
  // `a||b` are two columns with an empty one between them, or two values.
  if (width < (isUniform(delimiter) ? 3 : 2) || isInTitle(table, delimiter)) return false
  return Array.from(new Set(delimiter)).every((sign) => {
    const plain = evenWidth(readAs(sample, { delimiter: sign, quote: '"' }))
    return plain === 0 || plain === (delimiter.split(sign).length - 1) * (width - 1) + 1
  })
}

/** Control characters that are not white space, the end of a DOS file or the escape of an encoding. */
const isControl = (byte: number): boolean =>
  (byte > 0 && byte < 0x09) || (byte > 0x0d && byte < 0x20 && byte !== 0x1a && byte !== 0x1b)

/** Signs that are rarely in text, and a delimiter in some old systems. */
const rareSigns = ["^", "~"]

const widthWith = (sample: Sample, delimiter: string, least: number): number =>
  clearWidth(sample, readAs(sample, { delimiter, quote: '"' }), least)

/**
 * The delimiter if it is a control character, several signs or a rare one, which splits all records evenly where no usual
 * delimiter does; `null` if it is none of these.
 *
 * @param text the beginning of the sample
 */
export const findDelimiter = (sample: Sample, text: string): string | null => {
  const lines = text
    .split(/\r\n?|\n/, 4 * maxLines)
    .filter((line) => line !== "")
    .slice(0, maxLines)
  const first = lines.at(-1) ?? ""
  for (const character of new Set(first))
    if (isControl(character.charCodeAt(0)) && widthWith(sample, character, minControlRecords) > 1)
      return character
  const long = longDelimiters(lines).find((delimiter) => isLongDelimiter(sample, delimiter, lines))
  if (long !== undefined) return long
  return (
    rareSigns.find(
      (sign) => first.includes(sign) && !isEnclosing(lines, sign) && widthWith(sample, sign, minRecords) > 2,
    ) ?? null
  )
}
