/** How a table is written. */
export interface Writing {
  readonly delimiter: string
  /** `null`: nothing is quoted, and what would have to be is replaced. */
  readonly quote: string | null
  readonly escape: string
  readonly lineEnd: string
  /** Which cells are in quotes: all, or those that need it. */
  readonly quoting: "all" | "needed"
  /** What stands behind the last line end; `null`: there is no last line end. */
  readonly ending?: string | null
}

export const usual: Writing = { delimiter: ",", quote: '"', escape: '"', lineEnd: "\n", quoting: "needed" }

/** A cell as it is read back: without what cannot be written. */
export const possible = (text: string, { delimiter, quote }: Writing): string =>
  quote === null ? text.replaceAll(/["\r\n]/g, " ").replaceAll(delimiter, " ") : text

const isNeeded = (text: string, { delimiter, quote }: Writing): boolean =>
  text.includes(delimiter) || /[\r\n]/.test(text) || (quote !== null && text.includes(quote))

/** In quotes. */
export const enclosed = (text: string, { escape, quote }: Writing): string => {
  const inner = escape === quote ? text : text.replaceAll(escape, escape + escape)
  return `${quote}${inner.replaceAll(quote ?? "", escape + (quote ?? ""))}${quote}`
}

export const cellOf = (cell: string, writing: Writing): string => {
  const text = possible(cell, writing)
  if (writing.quote === null) return text
  return writing.quoting === "all" || isNeeded(text, writing) ? enclosed(text, writing) : text
}

/** A record without its line end. */
export const recordOf = (cells: ReadonlyArray<string>, writing: Writing): string =>
  cells.map((cell) => cellOf(cell, writing)).join(writing.delimiter)
