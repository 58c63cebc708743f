import type { ColumnType } from "../../Domain/load/ColumnType.ts"

/**
 * A row must fit into a page of 8 KiB (Postgres documentation, 66.6, "Database Page Layout"). What is long is moved
 * out of it, but a `bigint` never is, and takes eight bytes where the text `7` takes two: a table of very many
 * columns may fit as text and not with types.
 */

/** Bytes of a page that one row may take. */
const mostRowBytes = 8160
/** A value of any length that takes more than this can be moved out, and leaves a pointer that takes less. */
const mostMovableBytes = 24

const rowHeaderBytes = (columns: number): number => Math.ceil((23 + Math.ceil(columns / 8)) / 8) * 8

/** So many columns fit whatever they hold. */
export const safeColumns = Math.floor(
  (mostRowBytes - rowHeaderBytes(mostRowBytes / mostMovableBytes)) / mostMovableBytes,
)

/** Types of fixed size: their bytes, and of what their place in the row is a multiple. */
const fixedSizes: Partial<Record<ColumnType, { readonly bytes: number; readonly alignment: number }>> = {
  bigint: { bytes: 8, alignment: 8 },
  "double precision": { bytes: 8, alignment: 8 },
  timestamp: { bytes: 8, alignment: 8 },
  timestamptz: { bytes: 8, alignment: 8 },
  date: { bytes: 4, alignment: 4 },
  boolean: { bytes: 1, alignment: 1 },
  uuid: { bytes: 16, alignment: 1 },
}

/** Most bytes of values of other types, whose texts take so many at most: `numeric` has two for four digits. */
const movableBytes = (type: ColumnType, textBytes: number): number => {
  if (type === "jsonb") return mostMovableBytes
  const bytes = type === "numeric" ? 3 + 2 * Math.floor((textBytes + 5) / 4) : 1 + textBytes
  return Math.min(bytes, mostMovableBytes)
}

/**
 * Whether every row fits with these types, even one with the longest value of each column.
 *
 * @param longest bytes of the longest text in each column, -1 where all are NULL
 */
export const fitsRow = (types: ReadonlyArray<ColumnType>, longest: Int32Array): boolean => {
  let size = rowHeaderBytes(types.length)
  let alignment = 8
  for (const [column, type] of types.entries()) {
    if (longest[column]! < 0) continue
    const fixed = fixedSizes[type]
    const needed = fixed?.alignment ?? 1
    if (needed > alignment) size += needed - 1
    size += fixed?.bytes ?? movableBytes(type, longest[column]!)
    alignment = needed
  }
  return size <= mostRowBytes
}
