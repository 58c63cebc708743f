/** The cells of a table that is written as text, with `|` between them. */
export const rowsOf = (table: string): ReadonlyArray<ReadonlyArray<string>> =>
  table
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.split("|").map((cell) => cell.trim()))
