/**
 * Where the columns are that a header has no names for: the last ones, the first ones (as before the names of
 * rows), or it cannot be told, and then no column gets a name.
 */
export type Surplus = "last" | "first" | "unknown"

/** Whether the first record names the columns, and how many there are. */
export interface HeaderLayout {
  /** Without a header the columns are called `column_1`, `column_2`…, and their number is the first record's. */
  readonly hasHeader: boolean
  /** Number of columns, where it is not the header's own; `null`: it is. */
  readonly columns: number | null
  /** Which columns have no name where there are more than names. */
  readonly surplus: Surplus
  /** The last column has neither a name nor values; a record that ends before it has only no delimiter there. */
  readonly isLastOptional: boolean
}

export const plainLayout: HeaderLayout = {
  hasHeader: true,
  columns: null,
  surplus: "last",
  isLastOptional: false,
}

/** What was done to a header that has other cells than the records. */
export interface HeaderRepair {
  /** Columns that the header had no names for. */
  readonly added: number
  /** Empty cells at its end that no record has. */
  readonly cut: number
  readonly surplus: Surplus
}

/** The header with as many cells as there are columns: only empty ones are added, and only empty ones cut off. */
const evened = (header: ReadonlyArray<string>, columns: number, surplus: Surplus): ReadonlyArray<string> => {
  if (header.slice(columns).some((cell) => cell !== "")) return header
  if (header.length >= columns) return header.slice(0, columns)
  const added = Array.from({ length: columns - header.length }, () => "")
  if (surplus === "unknown") return Array.from({ length: columns }, () => "")
  return surplus === "first" ? [...added, ...header] : [...header, ...added]
}

/** The header that the first record's cells make. */
export const columnsOf = (
  record: ReadonlyArray<string | null>,
  { columns, hasHeader, surplus }: HeaderLayout,
): ReadonlyArray<string> => {
  if (!hasHeader) return record.map((_, index) => `column_${index + 1}`)
  const cells = record.map((cell) => cell ?? "")
  return columns === null ? cells : evened(cells, columns, surplus)
}
