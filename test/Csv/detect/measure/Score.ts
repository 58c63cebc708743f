/** A table as it is meant, or as it was loaded. */
export interface Table {
  readonly header: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
}

/** How much of a table has come through: F1, the harmonic mean of precision and recall, from 0 to 1. */
export interface Score {
  /** Names in their places. */
  readonly header: number
  /** Rows that are the same in every cell, wherever they stand. */
  readonly records: number
  /** Cells with their columns, in any row. */
  readonly cells: number
}

const counted = (texts: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

/** F1 of two bags of texts; two empty ones are the same. */
const f1 = (meant: ReadonlyArray<string>, loaded: ReadonlyArray<string>): number => {
  if (meant.length + loaded.length === 0) return 1
  const left = counted(meant)
  let common = 0
  for (const text of loaded) {
    const count = left.get(text) ?? 0
    if (count > 0) {
      common++
      left.set(text, count - 1)
    }
  }
  return (2 * common) / (meant.length + loaded.length)
}

const inPlace = (cells: ReadonlyArray<string | null>): ReadonlyArray<string> =>
  cells.map((cell, index) => `${index} ${cell ?? ""}`)

/** Compares what was loaded with what was meant. NULL and the empty text are the same here. */
export const score = (meant: Table, loaded: Table): Score => ({
  header: f1(inPlace(meant.header), inPlace(loaded.header)),
  records: f1(
    meant.rows.map((row) => JSON.stringify(row.map((cell) => cell ?? ""))),
    loaded.rows.map((row) => JSON.stringify(row.map((cell) => cell ?? ""))),
  ),
  cells: f1(meant.rows.flatMap(inPlace), loaded.rows.flatMap(inPlace)),
})
