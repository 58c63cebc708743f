import type { LoadOptions } from "../../Domain/load/LoadOptions.ts"
import type { FileBeginning } from "./PreviewRead.ts"

const mostNamed = 5

/** `1 record`, `2 records`. */
const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`

const listed = (items: ReadonlyArray<string>): string =>
  items.slice(0, mostNamed).join(", ") +
  (items.length > mostNamed ? ` and ${items.length - mostNamed} more` : "")

/** What whoever loads the file may want to know, or to say otherwise, in sentences. */
export const warningsOf = (file: FileBeginning, options: LoadOptions): ReadonlyArray<string> => {
  const { columns, records, rejected } = file
  const { dialect, encoding, repairs } = file.summary
  const warnings: Array<string> = []
  const warn = (isSo: boolean, text: () => string): void => {
    if (isSo) warnings.push(text())
  }
  warn(
    !file.isWhole,
    () =>
      `Only the first ${counted(file.bytesRead, "byte")} of the file were looked at, with ${counted(records, "record")}: what comes behind them may be different.`,
  )
  warn(records === 0, () => "The file has a header and no records behind it.")
  warn(
    rejected > 0,
    () =>
      `${rejected} of ${counted(records, "record")} would be set aside. Check delimiter and quote; onBadRow says what becomes of such records, maxBadRows how many there may be.`,
  )
  const {
    long_record: long = 0,
    short_header: added = 0,
    short_record: short = 0,
    stray_quote: stray = 0,
  } = repairs
  warn(short > 0, () => `${counted(short, "record")} too short would be filled with NULL.`)
  warn(long > 0, () => `${counted(long, "record")} too long would be cut.`)
  warn(
    stray > 0,
    () =>
      `${counted(stray, "record")} with a quote that is not doubled would be mended: the quote is taken as text.`,
  )
  warn(
    columns.length === 1 && options.delimiter === undefined,
    () => "There is one column only. If there should be more, give the delimiter.",
  )
  warn(
    options.encoding === undefined && encoding !== "utf-8",
    () => `The encoding was guessed: ${encoding}. If letters are wrong, give the encoding.`,
  )
  warn(
    options.skipLines === undefined && dialect.skippedLines > 0,
    () =>
      `${counted(dialect.skippedLines, "line")} before the header ${dialect.skippedLines === 1 ? "is" : "are"} left out. To keep them, give skipLines=0.`,
  )
  warn(
    added > 0,
    () =>
      `The header has ${counted(added, "cell")} fewer than the records: columns without a name are called column_<n>.`,
  )
  const renamed = columns.filter(({ header, name }) => dialect.hasHeader && header !== name)
  warn(
    renamed.length > 0,
    () =>
      `Headers that cannot be names as they stand were changed: ${listed(renamed.map(({ header, name }) => `${JSON.stringify(header.slice(0, 80))} is ${JSON.stringify(name)}`))}.`,
  )
  return warnings
}
