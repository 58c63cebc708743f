/** A table of the report. The first two columns are words, the others numbers. */
export interface Section {
  readonly title: string
  readonly head: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
  readonly notes: ReadonlyArray<string>
}

/** In place of a number that is unknown or means nothing. */
const absent = "–"

export const number = (value: number | null, digits: number): string =>
  value === null || !Number.isFinite(value)
    ? absent
    : value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Smallest and largest of several values. */
export const range = (values: ReadonlyArray<number>, digits: number): string =>
  values.length < 2 ? absent : `${number(Math.min(...values), digits)}–${number(Math.max(...values), digits)}`

export const ratio = (value: number | null): string => (value === null ? absent : `${number(value, 2)} ×`)

export const megabytes = (bytes: number | null): string => number(bytes === null ? null : bytes / 1e6, 0)

/** An aligned Markdown table, also readable in a terminal. */
const table = ({ head, rows }: Section): string => {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(" | ")} |`
  const rule = `|${widths.map((width, column) => (column < 2 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`
  return [line(head), rule, ...rows.map(line)].join("\n")
}

/** The report, in Markdown. */
export const render = (
  title: string,
  facts: ReadonlyArray<readonly [name: string, value: string]>,
  sections: ReadonlyArray<Section>,
): string =>
  [
    `# ${title}`,
    facts.map(([name, value]) => `- ${name}: ${value}`).join("\n"),
    ...sections.flatMap((section) => [
      `## ${section.title}`,
      table(section),
      ...(section.notes.length === 0 ? [] : [section.notes.map((note) => `- ${note}`).join("\n")]),
    ]),
  ].join("\n\n") + "\n"
