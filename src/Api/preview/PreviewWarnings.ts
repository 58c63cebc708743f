import type { LoadOptions } from "../../Domain/load/LoadOptions.ts"
import type { FileBeginning } from "./PreviewRead.ts"

const maxNames = 5

/** `1 record`, `2 records`. */
const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`

const listed = (items: ReadonlyArray<string>): string =>
  items.slice(0, maxNames).join(", ") +
  (items.length > maxNames ? ` and ${items.length - maxNames} more` : "")

/** What to check before loading the file, in sentences. */
export const warningsOf = (file: FileBeginning, options: LoadOptions): ReadonlyArray<string> => {
  const { columns, records, rejected } = file
  const { dialect, encoding, repairs } = file.summary
  const {
    long_record: long = 0,
    short_header: added = 0,
    short_record: short = 0,
    stray_quote: stray = 0,
  } = repairs
  const renamed = columns
    .filter(({ header, name }) => dialect.hasHeader && header !== name)
    .map(({ header, name }) => `${JSON.stringify(header.slice(0, 80))} becomes ${JSON.stringify(name)}`)
  const warnings = [
    !file.isWhole &&
      `Only the first ${counted(file.bytesRead, "byte")} of the file were read, with ${counted(records, "record")}. The rest may be different.`,
    records === 0 && "The file has a header but no records.",
    rejected > 0 &&
      `${rejected} of ${counted(records, "record")} would be rejected. Check delimiter and quote. onBadRow sets what to do with such records, and maxBadRows how many are allowed.`,
    short > 0 && `${counted(short, "record")} too short would be filled with NULL.`,
    long > 0 && `${counted(long, "record")} too long would be cut.`,
    stray > 0 &&
      `${counted(stray, "record")} with a quote that is not doubled would be repaired: the quote becomes text.`,
    columns.length === 1 &&
      options.delimiter === undefined &&
      "There is only one column. If there should be more, give the delimiter.",
    options.encoding === undefined &&
      encoding !== "utf-8" &&
      `The encoding was guessed: ${encoding}. If letters look wrong, give the encoding.`,
    options.skipLines === undefined &&
      dialect.skippedLines > 0 &&
      `${counted(dialect.skippedLines, "line")} before the header ${dialect.skippedLines === 1 ? "is" : "are"} skipped. To keep them, give skipLines=0.`,
    added > 0 &&
      `The header has ${counted(added, "cell")} fewer than the records. Columns without a name become column_<n>.`,
    renamed.length > 0 && `Header cells that cannot be column names were changed: ${listed(renamed)}.`,
  ]
  return warnings.filter((warning) => warning !== false)
}
