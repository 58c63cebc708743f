import type { Column } from "../Domain/load/columns/Column.ts"
import type { CopyBatch } from "../Domain/load/CopyBatch.ts"
import type { Findings } from "../Domain/load/Findings.ts"
import type { LoadOptions } from "../Domain/load/options/LoadOptions.ts"
import { type LoadWarning, loadWarning } from "../Domain/load/LoadWarning.ts"
import { snakeName } from "../Domain/load/columns/snakeName.ts"
import type { Reject } from "../Domain/load/Reject.ts"
import type { SkippedLine } from "../Domain/load/SkippedLine.ts"
import type { CsvFile } from "./ReadCsv.ts"
import type { Dialect } from "./record/Dialect.ts"

const maxNames = 5

/** `1 record`, `2 records`. */
const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`

const are = (count: number): string => (count === 1 ? "is" : "are")
const have = (count: number): string => (count === 1 ? "has" : "have")

const listed = (items: ReadonlyArray<string>): string =>
  items.slice(0, maxNames).join(", ") +
  (items.length > maxNames ? ` and ${items.length - maxNames} more` : "")

/** The cells of a line or record. Text between quotes holds no delimiter. */
const cellsOf = (raw: string, { delimiter, quote }: Dialect): ReadonlyArray<string> => {
  if (delimiter === null) return [raw]
  const parts = quote === null ? [raw] : raw.split(quote)
  const unquoted = parts.map((part, index) => (index % 2 === 0 ? part : "quoted"))
  return unquoted.join("").split(delimiter)
}

/** Number of lines of one kind, and the first of them. */
interface Tally {
  count: number
  first: number | null
}

const noTally = (): Tally => ({ count: 0, first: null })

const add = (tally: Tally, line: number): void => {
  tally.count++
  tally.first ??= line
}

type KeptKind = SkippedLine["kind"]

/** How the lines of each kind are named, and the option that keeps them. */
const kinds: Readonly<
  Record<KeptKind, { readonly thing: string; readonly where: string; readonly keep: string | null }>
> = {
  preamble: { thing: "line", where: " before the header", keep: "skipLines=0" },
  comment: { thing: "comment", where: "", keep: "comment=none" },
  footer: { thing: "line", where: " after the last record", keep: null },
}

/** Reasons that are about a value, and not about how the record is written. */
const ofValues: ReadonlySet<Reject["reason"]> = new Set(["type_mismatch", "null_value", "check_violated"])

/**
 * Collects what to check about a file while it is read. A job and a preview use it alike, so that they give the same
 * warnings. Show it every batch, then ask once.
 */
export class WarningCollector {
  /** Width of the file, and the columns of the table. */
  readonly #width: number
  readonly #columns: ReadonlyArray<Column>
  readonly #options: LoadOptions
  readonly #dialect: Dialect
  readonly #skipped = { preamble: noTally(), comment: noTally(), footer: noTally() }
  readonly #withCells = { preamble: noTally(), comment: noTally(), footer: noTally() }
  readonly #rejects = noTally()
  /** Rejects whose values do not fit the table. */
  #mistyped = 0
  readonly #unitsLine: number | null
  #records = 0

  constructor(
    { dialect, header, unitsLine }: Pick<CsvFile, "dialect" | "header" | "unitsLine">,
    columns: ReadonlyArray<Column>,
    options: LoadOptions,
  ) {
    this.#width = header.length
    this.#columns = columns
    this.#options = options
    this.#dialect = dialect
    this.#unitsLine = unitsLine
  }

  observe({ rejects, rows, skipped }: CopyBatch): void {
    this.#records += rows + rejects.length
    for (const { line, reason } of rejects) {
      add(this.#rejects, line)
      if (ofValues.has(reason)) this.#mistyped++
    }
    for (const skip of skipped) {
      // A detected line of units has a warning of its own.
      if (!this.#isGuess(skip.kind) || skip.line === this.#unitsLine) continue
      add(this.#skipped[skip.kind], skip.line)
      if (this.#mayBeRecord(skip)) add(this.#withCells[skip.kind], skip.line)
    }
  }

  /**
   * The reader's warnings, and those that follow from the findings and the batches.
   *
   * @param isWhole whether the whole file has been read
   */
  warnings(
    { dialect, repairs, warnings }: Omit<Findings, "rejects">,
    isWhole: boolean,
  ): ReadonlyArray<LoadWarning> {
    const { long_record = 0, short_header = 0, short_record = 0, stray_quote = 0 } = repairs
    const records = this.#records
    const rejected = this.#rejects.count
    const renamed = this.#columns
      .filter((column) => dialect.hasHeader && this.#isMadeUp(column))
      .map(({ header, name }) => `${JSON.stringify(header.slice(0, 80))} becomes ${JSON.stringify(name)}`)
    const { comment, footer, preamble } = this.#skipped
    const found: ReadonlyArray<LoadWarning | false> = [
      isWhole && records === 0 && loadWarning("no_records", "The file has a header but no records."),
      rejected > 0 &&
        loadWarning(
          "rejected_records",
          `${rejected} of ${counted(records, "record")} cannot be loaded. Check ${this.#suspects}. onBadRow sets what to do with such records, and maxBadRows how many are allowed.`,
          this.#rejects.first,
        ),
      short_record > 0 &&
        loadWarning(
          "short_record",
          `${counted(short_record, "record")} ${are(short_record)} too short and filled with NULL.`,
        ),
      long_record > 0 &&
        loadWarning("long_record", `${counted(long_record, "record")} ${are(long_record)} too long and cut.`),
      stray_quote > 0 &&
        loadWarning(
          "stray_quote",
          `${counted(stray_quote, "record")} ${have(stray_quote)} a quote that is not doubled. The quote becomes text.`,
        ),
      this.#width === 1 &&
        this.#options.delimiter !== null &&
        loadWarning(
          "one_column",
          this.#options.delimiter === undefined
            ? "There is only one column. If there should be more, give the delimiter; if not, delimiter=none."
            : `There is only one column with the given delimiter ${JSON.stringify(this.#options.delimiter)}. If there should be more, give another delimiter, or omit it to have it detected.`,
        ),
      preamble.count > 0 &&
        loadWarning(
          "preamble",
          `${counted(preamble.count, "line")} before the header ${are(preamble.count)} skipped. If the table begins above, give skipLines, the number of lines before it.`,
          preamble.first,
        ),
      comment.count > 0 &&
        loadWarning(
          "comments",
          `${counted(comment.count, "line")} that ${comment.count === 1 ? "starts" : "start"} with ${dialect.comment} ${are(comment.count)} skipped as comments. To load them, give comment=none.`,
          comment.first,
        ),
      this.#hasFoundFooter &&
        loadWarning(
          "footer",
          `${counted(footer.count, "line")} after the last record ${are(footer.count)} skipped as a footer.`,
          footer.first,
        ),
      this.#skippedCells(),
      short_header > 0 &&
        loadWarning(
          "short_header",
          `The header has ${counted(short_header, "cell")} fewer than the records. Columns without a name become column_<n>. Check that the names are over the right columns.`,
        ),
      renamed.length > 0 &&
        loadWarning(
          "made_up_names",
          `Header cells that cannot be column names were changed: ${listed(renamed)}.`,
        ),
    ]
    return [...warnings, ...found.filter((warning) => warning !== false)]
  }

  /** The options that may be wrong if records are rejected. */
  get #suspects(): string {
    if (this.#mistyped === 0) return "delimiter and quote"
    const types = this.#options.columns === undefined ? "the values" : "the values and the types in columns"
    return this.#mistyped === this.#rejects.count ? types : `delimiter, quote and ${types}`
  }

  /** Whether the name is neither the header cell, in the style that the options ask for, nor given by them. */
  #isMadeUp({ header, name }: Column): boolean {
    const { columns = {}, names } = this.#options
    const wanted = names === "snake" ? snakeName(header) : header
    return name !== wanted && !Object.values(columns).some((given) => given.name === name)
  }

  /** More lines are skipped after the last record than `skipFooter` names. */
  get #hasFoundFooter(): boolean {
    return this.#skipped.footer.count > (this.#options.skipFooter ?? 0)
  }

  /** Lines that an option names are skipped on purpose. */
  #isGuess(kind: KeptKind): boolean {
    const { comment, headerRows = 1, skipLines, unitsRow = false } = this.#options
    return kind === "preamble"
      ? skipLines === undefined && headerRows === 1 && !unitsRow
      : kind !== "comment" || comment === undefined
  }

  /** Prose has commas too, so a comment must have the table's width. */
  #mayBeRecord(line: SkippedLine): boolean {
    const cells = cellsOf(line.raw, this.#dialect)
    return line.kind === "comment"
      ? cells.length > 1 && cells.length === this.#width
      : cells.filter((cell) => cell.trim() !== "").length > 1
  }

  #skippedCells(): LoadWarning | false {
    const found = (["preamble", "comment", "footer"] as const).filter(
      (kind) => this.#withCells[kind].count > 0 && (kind !== "footer" || this.#hasFoundFooter),
    )
    if (found.length === 0) return false
    const parts = found.map((kind) => {
      const { keep, thing, where } = kinds[kind]
      const { count } = this.#withCells[kind]
      return `${counted(count, thing)}${where}${keep === null ? "" : ` (${keep} loads ${count === 1 ? "it" : "them"})`}`
    })
    return loadWarning(
      "skipped_cells",
      `Skipped lines with more than one cell may be records: ${parts.join(", ")}.`,
      Math.min(...found.map((kind) => this.#withCells[kind].first ?? Infinity)),
    )
  }
}
