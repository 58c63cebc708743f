/** Whether the first record names the columns, and how many there are. */
export interface HeaderLayout {
  /** Without a header the columns are called `column_1`, `column_2`…, and their number is the first record's. */
  readonly hasHeader: boolean
  /** Number of columns, where it is not the header's own; `null`: it is. */
  readonly columns: number | null
}

export const plainLayout: HeaderLayout = { hasHeader: true, columns: null }

/** The header with as many cells as there are columns: only empty ones are added, and only empty ones cut off. */
const evened = (header: ReadonlyArray<string>, columns: number): ReadonlyArray<string> => {
  const surplus = header.slice(columns)
  if (surplus.some((cell) => cell !== "")) return header
  return Array.from({ length: columns }, (_, index) => header[index] ?? "")
}

/** The header that the first record's cells make. */
export const columnsOf = (
  record: ReadonlyArray<string | null>,
  { columns, hasHeader }: HeaderLayout,
): ReadonlyArray<string> => {
  if (!hasHeader) return record.map((_, index) => `column_${index + 1}`)
  const cells = record.map((cell) => cell ?? "")
  return columns === null ? cells : evened(cells, columns)
}
