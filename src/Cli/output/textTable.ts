import { CliOutput } from "effect/cli"

const maxWidth = 40

/** A cell on one line, cut if it is long. */
const cellOf = (text: string): string => {
  const line = text.replaceAll(/\p{Cc}/gu, (control) =>
    control === "\n" ? "⏎" : control === "\t" ? "⇥" : "·",
  )
  return line.length > maxWidth ? `${line.slice(0, maxWidth - 1)}…` : line
}

/** Rows below each other, with as many columns as the first one. */
export const textTable = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const cells = rows.map((row) => row.map(cellOf))
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => CliOutput.displayWidth(row[column] ?? ""))),
  )
  return cells.map((row) =>
    row
      .map(
        (cell, column) =>
          cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - CliOutput.displayWidth(cell))),
      )
      .join("  ")
      .trimEnd(),
  )
}
