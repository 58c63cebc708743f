import type { Column } from "./Column.ts"
import { snakeName } from "./snakeName.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import { cutToBytes, maxNameBytes } from "./SqlIdentifier.ts"

/** Names that every table already has. They cannot be used for columns, even quoted (Postgres documentation, 5.6). */
export const systemColumns = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]

/**
 * Characters that nobody sees, except the joiners (U+200C, U+200D), variation selectors and fillers of Hangul: words of
 * Persian, of Indic languages and of old Korean, and emoji, need them.
 */
const formatting =
  /(?!\u200c|\u200d|\u115f|\u1160|\p{Variation_Selector})[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu

/** Drawn as a blank, or as the end of a line. */
const blank = /[\p{Zl}\p{Zp}\u2800\u{1d159}]/gu

const nothingVisible = /^[\s\p{Default_Ignorable_Code_Point}]*$/u

/** A cell as a name: on one line, and without characters that would make it look like another name. */
const trimmed = (cell: string): string => {
  const name = cell.toWellFormed().replaceAll(formatting, "").replaceAll(blank, " ").trim()
  return nothingVisible.test(name) ? "" : name
}

/** The name that a cell asks for, of any length; empty if it has none. */
export const nameOf = (cell: string, style: LoadOptions["names"] = "keep"): string =>
  style === "snake" ? snakeName(cell) : trimmed(cell)

/** Characters of a cell from which its name is taken, if they are enough for the longest name. */
const beginning = 200

/** What `nameOf` returns, or a beginning of it that is longer than a name can be: a cell may have a megabyte. */
const longEnough = (cell: string, style: LoadOptions["names"]): string => {
  const name = nameOf(cell.slice(0, beginning), style)
  // The last characters of the beginning may have another meaning without the rest.
  return cell.length > beginning && cutToBytes(name, 2 * maxNameBytes) !== name ? name : nameOf(cell, style)
}

/**
 * The first free name of `stem_2`, `stem_3`…, with the stem cut to leave space for the suffix.
 *
 * @param numbers the first untried number of each cut stem, so that many equal headers take linear time
 */
const numbered = (stem: string, taken: ReadonlySet<string>, numbers: Map<string, number>): string => {
  for (let digits = 1; ; digits++) {
    const cut = cutToBytes(stem, maxNameBytes - 1 - digits)
    const limit = 10 ** digits
    let number = Math.max(numbers.get(cut) ?? 2, limit / 10)
    while (number < limit && taken.has(`${cut}_${number}`)) number++
    numbers.set(cut, number < limit ? number + 1 : number)
    if (number < limit) return `${cut}_${number}`
  }
}

/**
 * The columns of a table, one for each cell of the header, in order. A name is the trimmed cell, with letter case kept.
 * An empty cell becomes `column_<n>`, a name over 63 bytes is cut between characters, and a duplicate gets `_2`, `_3`…
 *
 * A cell that is a valid name keeps it, even if an earlier duplicate would get that name: `a, a, a_2` become
 * `a, a_3, a_2`.
 */
export const columnNames = (
  header: ReadonlyArray<string>,
  style: LoadOptions["names"] = "keep",
): ReadonlyArray<Column> => {
  const taken = new Set(systemColumns)
  const take = (name: string): string | undefined => {
    if (taken.has(name)) return undefined
    taken.add(name)
    return name
  }
  const trimmedCells = header.map((cell) => longEnough(cell, style))
  const kept = trimmedCells.map((name) =>
    name !== "" && cutToBytes(name, maxNameBytes) === name ? take(name) : undefined,
  )
  const numbers = new Map<string, number>()
  return header.map((cell, index) => {
    const stem =
      trimmedCells[index] === "" ? `column_${index + 1}` : cutToBytes(trimmedCells[index]!, maxNameBytes)
    const name = kept[index] ?? take(stem) ?? take(numbered(stem, taken, numbers))!
    return { name, header: cell }
  })
}
