/** Which columns a short header does not name: the last ones, or the first one (a column of row names). */
export type Surplus = "last" | "first"

/** Whether the first record is a header, and how many columns there are. */
export interface HeaderLayout {
  /** Without a header, the columns are named `column_1`, `column_2`… and the first record determines their number. */
  readonly hasHeader: boolean
  /** Number of columns if the header has another number of cells; `null` if it has the same. */
  readonly columns: number | null
  /** Number of fields in the records of the sample; `null` if it is not known. */
  readonly width: number | null
  /** Which columns have no name in a header that is too short. */
  readonly surplus: Surplus
  /** Number of the last columns that records may lack, because they have no values or no record has them. */
  readonly optionalColumns: number
}

export const plainLayout: HeaderLayout = {
  hasHeader: true,
  columns: null,
  width: null,
  surplus: "last",
  optionalColumns: 0,
}

/** How a header was adapted to the width of the records. */
export interface HeaderRepair {
  /** Columns that the header does not name. */
  readonly added: number
  /** Empty cells at the end of the header that no record has. */
  readonly cut: number
  readonly surplus: Surplus
}

/** Adds empty cells to a short header, and removes as many empty cells from a long one as it is too long. */
const fitted = (header: ReadonlyArray<string>, columns: number, surplus: Surplus): ReadonlyArray<string> => {
  if (header.length >= columns) {
    if (header.slice(columns).every((cell) => cell === "")) return header.slice(0, columns)
    const names = header.filter((cell) => cell !== "")
    return names.length === columns ? names : header
  }
  const added = Array.from({ length: columns - header.length }, () => "")
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
