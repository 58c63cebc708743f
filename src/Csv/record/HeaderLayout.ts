/**
 * Which columns a short header does not name: the last ones, the first ones (a column of row names), or `unknown`, and
 * then no column gets a name.
 */
export type Surplus = "last" | "first" | "unknown"

/** Whether the first record is a header, and how many columns there are. */
export interface HeaderLayout {
  /** Without a header, the columns are named `column_1`, `column_2`… and the first record determines their number. */
  readonly hasHeader: boolean
  /** Number of columns if the header has another number of cells; `null` if it has the same. */
  readonly columns: number | null
  /** Which columns have no name in a header that is too short. */
  readonly surplus: Surplus
  /** The last column has neither a name nor values, and records may end without its delimiter. */
  readonly isLastOptional: boolean
}

export const plainLayout: HeaderLayout = {
  hasHeader: true,
  columns: null,
  surplus: "last",
  isLastOptional: false,
}

/** How a header was adapted to the width of the records. */
export interface HeaderRepair {
  /** Columns that the header does not name. */
  readonly added: number
  /** Empty cells at the end of the header that no record has. */
  readonly cut: number
  readonly surplus: Surplus
}

/** Adds empty cells to a short header and cuts empty cells off a long one. */
const fitted = (header: ReadonlyArray<string>, columns: number, surplus: Surplus): ReadonlyArray<string> => {
  if (header.slice(columns).some((cell) => cell !== "")) return header
  if (header.length >= columns) return header.slice(0, columns)
  const added = Array.from({ length: columns - header.length }, () => "")
  if (surplus === "unknown") return Array.from({ length: columns }, () => "")
  return surplus === "first" ? [...added, ...header] : [...header, ...added]
}

/** The header for the cells of the first record. */
export const columnsOf = (
  record: ReadonlyArray<string | null>,
  { columns, hasHeader, surplus }: HeaderLayout,
): ReadonlyArray<string> => {
  if (!hasHeader) return record.map((_, index) => `column_${index + 1}`)
  const cells = record.map((cell) => cell ?? "")
  return columns === null ? cells : fitted(cells, columns, surplus)
}
