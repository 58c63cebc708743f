import type { ColumnType } from "../../Domain/load/columns/ColumnType.ts"

/**
 * A row must fit into a page of 8 KiB (Postgres documentation, 66.6, "Database Page Layout"). Postgres moves long values
 * out of the page, but never a `bigint`, which takes eight bytes where the text `7` takes two. So a table with very many
 * columns may fit as text but not with types.
 */

/** The largest row in a page, in bytes. */
const maxRowBytes = 8160
/** A value of variable length that takes more bytes can be moved out; its pointer takes fewer. */
const maxMovableBytes = 24

const rowHeaderBytes = (columns: number): number => Math.ceil((23 + Math.ceil(columns / 8)) / 8) * 8

/** This many columns fit with any values. */
export const safeColumns = Math.floor(
  (maxRowBytes - rowHeaderBytes(maxRowBytes / maxMovableBytes)) / maxMovableBytes,
)

/** Types of fixed size, with their alignment in the row. */
const fixedSizes: Partial<Record<ColumnType, { readonly bytes: number; readonly alignment: number }>> = {
  smallint: { bytes: 2, alignment: 2 },
  real: { bytes: 4, alignment: 4 },
  integer: { bytes: 4, alignment: 4 },
  bigint: { bytes: 8, alignment: 8 },
  "double precision": { bytes: 8, alignment: 8 },
  time: { bytes: 8, alignment: 8 },
  timestamp: { bytes: 8, alignment: 8 },
  timestamptz: { bytes: 8, alignment: 8 },
  date: { bytes: 4, alignment: 4 },
  boolean: { bytes: 1, alignment: 1 },
  uuid: { bytes: 16, alignment: 1 },
}

/** The largest size of a value of another type, if its text has at most `textBytes`. `numeric` packs four digits in two bytes. */
const movableBytes = (type: ColumnType, textBytes: number): number => {
  if (type === "jsonb") return maxMovableBytes
  const bytes = type === "numeric" ? 3 + 2 * Math.floor((textBytes + 5) / 4) : 1 + textBytes
  return Math.min(bytes, maxMovableBytes)
}

/**
 * Whether every row fits with these types, even one that combines the longest values of all columns.
 *
 * @param longest bytes of the longest text in each column, -1 if all are NULL
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
  return size <= maxRowBytes
}
