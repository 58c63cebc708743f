import type { Column } from "./Column.ts"
import { cutToBytes, maxNameBytes } from "./SqlIdentifier.ts"

/** Names every table has already; even quoted, they cannot be given again (Postgres documentation, 5.6). */
const systemColumns = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]

/** `trim` takes a byte order mark (U+FEFF) for white space, so it goes too. */
const trimmed = (cell: string): string => cell.toWellFormed().trim()

/**
 * The first free name among `stem_2`, `stem_3`…, the stem cut to leave room for the suffix.
 *
 * @param numbers for each cut stem, the least number that has not been tried: what makes many equal headers
 *   cost linear time
 */
const numbered = (stem: string, taken: ReadonlySet<string>, numbers: Map<string, number>): string => {
  for (let digits = 1; ; digits++) {
    const cut = cutToBytes(stem, maxNameBytes - 1 - digits)
    const past = 10 ** digits
    let number = Math.max(numbers.get(cut) ?? 2, past / 10)
    while (number < past && taken.has(`${cut}_${number}`)) number++
    numbers.set(cut, number < past ? number + 1 : number)
    if (number < past) return `${cut}_${number}`
  }
}

/**
 * The columns of a table for the cells of a header, one each, in order. A name is the cell, trimmed, letters
 * as they are; an empty one is `column_<n>`; one over 63 bytes is cut on a character; a name that is taken
 * gets `_2`, `_3`…
 *
 * A cell that can be a name as it stands keeps it, even when one before it would have been given that name:
 * `a, a, a_2` become `a, a_3, a_2`.
 */
export const columnNames = (header: ReadonlyArray<string>): ReadonlyArray<Column> => {
  const taken = new Set(systemColumns)
  const take = (name: string): string | undefined => {
    if (taken.has(name)) return undefined
    taken.add(name)
    return name
  }
  const wished = header.map(trimmed)
  const kept = wished.map((name) =>
    name !== "" && cutToBytes(name, maxNameBytes) === name ? take(name) : undefined,
  )
  const numbers = new Map<string, number>()
  return header.map((cell, index) => {
    const stem = wished[index] === "" ? `column_${index + 1}` : cutToBytes(wished[index]!, maxNameBytes)
    const name = kept[index] ?? take(stem) ?? take(numbered(stem, taken, numbers))!
    return { name, header: cell }
  })
}
