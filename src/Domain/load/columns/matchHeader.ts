import * as Result from "effect/Result"
import { type LoadError, loadError } from "../LoadError.ts"
import type { LoadOptions } from "../options/LoadOptions.ts"
import { columnNames, nameOf } from "./ColumnNames.ts"
import { listed } from "./unknownColumn.ts"

/** The header of one of several files. */
interface FileHeader {
  /** The file's URL as it is shown. */
  readonly url: string
  readonly header: ReadonlyArray<string>
  /** Whether the first record named the columns. */
  readonly hasHeader: boolean
}

const headerHint = (first: FileHeader, other: FileHeader): string => {
  if (first.hasHeader === other.hasHeader) return ""
  const [withHeader, without] = first.hasHeader ? [first, other] : [other, first]
  return ` Only ${withHeader.url} was read with a header: give header=true or header=false if ${without.url} was read wrongly.`
}

/** Names both sides, and what to do. */
const differ = (
  first: FileHeader,
  other: FileHeader,
  extra: ReadonlyArray<string>,
  missing: ReadonlyArray<string>,
): LoadError => {
  const sides = [
    ...(extra.length > 0 ? [`${other.url} has ${listed(extra)}, which ${first.url} has not`] : []),
    ...(missing.length > 0 ? [`${first.url} has ${listed(missing)}, which ${other.url} has not`] : []),
  ]
  return loadError(
    "columns_mismatch",
    `The columns of the files differ: ${sides.join("; ")}.${headerHint(first, other)} Load only columns that all files have, with columns and otherColumns=skip, or load the file by a job of its own.`,
  )
}

/**
 * Where the columns of the first file are in another one, -1 for one that it lacks. A column is the one with an equal cell, and
 * columns with equal cells keep their order; else the only one whose cell makes the same name. A column without a name is known by
 * its place. No position is used twice.
 */
const positionsOf = (
  first: ReadonlyArray<string>,
  other: ReadonlyArray<string>,
  names: LoadOptions["names"],
): ReadonlyArray<number> => {
  const order = first.map(() => -1)
  const free = new Set(other.keys())
  const match = (keyOf: (cell: string, name: string, index: number) => string, most: number) => {
    const key = (header: ReadonlyArray<string>) => (index: number) =>
      keyOf(header[index]!.trim(), nameOf(header[index]!, names).normalize("NFC"), index)
    const wanted = Map.groupBy(
      Array.from(first.keys()).filter((index) => order[index] === -1),
      key(first),
    )
    const found = Map.groupBy(free, key(other))
    for (const [name, indexes] of wanted) {
      const positions = found.get(name) ?? []
      if (Math.max(indexes.length, positions.length) > most) continue
      for (const [number, position] of positions.slice(0, indexes.length).entries()) {
        order[indexes[number]!] = position
        free.delete(position)
      }
    }
  }
  // No cell begins with a space.
  match((cell, name, index) => (name === "" ? ` ${index}` : cell), Infinity)
  match((_, name, index) => name || `column_${index + 1}`, 1)
  return order
}

/** A column as errors name it: by its cell, unless that is empty or names a column before it. */
const shown = (header: ReadonlyArray<string>, names: LoadOptions["names"]): ReadonlyArray<string> => {
  const cells = header.map((cell) => cell.trim())
  return columnNames(header, names).map(({ name }, index) =>
    cells[index] === "" || cells.indexOf(cells[index]!) < index ? name : cells[index]!,
  )
}

/**
 * Where the columns of the first file of a load are in another one, by their header cells, in any order. A file without a header has
 * them at the same places. Returns the position of each, -1 for one that is not loaded.
 *
 * Fails with `columns_mismatch` if the other file lacks a loaded column, or has further ones, unless the options skip those.
 *
 * @param loaded positions of the columns that are loaded
 */
export const matchHeader = (
  first: FileHeader,
  other: FileHeader,
  loaded: ReadonlySet<number>,
  { names, otherColumns = "keep" }: LoadOptions,
): Result.Result<ReadonlyArray<number>, LoadError> => {
  const order = positionsOf(first.header, other.header, names)
  const used = new Set(order)
  const extra =
    otherColumns === "skip" ? [] : shown(other.header, names).filter((_, position) => !used.has(position))
  const missing = shown(first.header, names).filter((_, index) => order[index] === -1 && loaded.has(index))
  return extra.length + missing.length > 0
    ? Result.fail(differ(first, other, extra, missing))
    : Result.succeed(order)
}
