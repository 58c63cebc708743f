import type { ScanContext } from "../ScanContext.ts"

/** Rows for each blank line among them, at least, if a blank line separates what follows from the table. */
const rowsPerBlankLine = 3

/** Whether blank lines among the rows are so rare that one separates a footer, or another table. */
export const areBlankLinesRare = ({ batch, state }: ScanContext): boolean =>
  state.blankLinesAtRow * rowsPerBlankLine <= batch.rows
